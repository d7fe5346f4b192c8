import type pg from "pg";
import type { Deadlines, Opened } from "../../kit/deadlines.ts";
import { type Company, packetOf } from "./packet.ts";
import { type ColumnDescription, messageOf } from "./rows.ts";
import { type WireConnection, preparedOn } from "./prepared.ts";
import type { WireStatement } from "./statement.ts";

const bindComplete = "2".charCodeAt(0);
const commandComplete = "C".charCodeAt(0);

/** What somebody waits for, not for ever. */
export interface Awaited {
  giveUp(error: Error): void;
}

/**
 * A packet of statements on its way, as node-postgres submits it: one implicit transaction, which is written in one piece. They
 * all end when it does, and all fail when one of them or of their company does. Nobody is told the rows of the company.
 */
export class Submission implements pg.Submittable, Awaited {
  /** What node-postgres would call. */
  callback: () => void = () => {};
  readonly statements: readonly WireStatement[];
  readonly #company: Company;
  /** The place of the statement whose answer comes; below 0 for those before them. */
  #at: number;
  #over = false;
  #connection: WireConnection | undefined;
  #deadlines: Deadlines<Awaited> | undefined;
  #opened: Opened<Awaited> | undefined;

  constructor(statements: readonly WireStatement[], company: Company = {}) {
    this.statements = statements;
    this.#company = company;
    this.#at = -(company.before?.length ?? 0);
  }

  /** The name that the statement is being prepared by whose answer comes. */
  get name(): string {
    return this.statements[this.#at]?.name ?? "";
  }

  get text(): string {
    return this.statements[this.#at]?.text ?? "";
  }

  /** Writes it. An error that is given back reaches all statements, and the connection stays as it was. */
  submit(given: pg.Connection): Error | void {
    const connection = given as unknown as WireConnection;
    this.#connection = connection;
    try {
      const prepared = preparedOn(connection);
      const packet = packetOf(this.#company, this.statements, connection, () => prepared.takeLeave());
      if (connection.stream.writable) connection.stream.write(packet);
    } catch (error) {
      return error as Error;
    }
  }

  /** Gives it up when it is not answered in time. */
  watch(deadlines: Deadlines<Awaited> | undefined): void {
    if (!deadlines) return;
    this.#deadlines = deadlines;
    this.#opened = deadlines.open(this);
  }

  /** Tells whoever waits for it; what still comes of it goes nowhere. */
  giveUp(error: Error): void {
    this.#end(error);
  }

  #end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#opened) this.#deadlines?.close(this.#opened);
    for (const statement of this.statements) statement.end(error);
  }

  /** Takes what says how far it has come; leaves all else to node-postgres. */
  takeMessage(type: number): boolean {
    if (type === commandComplete) this.#at++;
    return type === commandComplete || type === bindComplete;
  }

  takeRows(bytes: Buffer, from: number, to: number): void {
    if (!this.#over) this.statements[this.#at]?.takeRows(bytes, from, to);
  }

  handleRowDescription({ fields }: { readonly fields: readonly ColumnDescription[] }): void {
    this.statements[this.#at]?.takeColumns(fields);
  }

  /** For a client that reads rows itself. */
  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const message = messageOf(fields);
    this.takeRows(message, 0, message.length);
  }

  handleCommandComplete(): void {
    this.#at++;
  }

  handleReadyForQuery(): void {
    this.#end();
  }

  handleError(error: Error): void {
    // What comes after a failure is skipped, and so not prepared.
    for (const { name } of this.statements) delete this.#connection?.submittedNamedStatements[name];
    this.#end(error);
  }

  handleEmptyQuery(): void {}
}
