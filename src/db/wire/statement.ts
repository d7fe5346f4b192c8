import type pg from "pg";
import type { PoolClient } from "pg";
import type { Deadlines, Opened } from "../../kit/deadlines.ts";
import { type Company, type Statement, packetOf } from "./packet.ts";
import { FormReader } from "./form-reader.ts";
import type { WrittenRows } from "./form.ts";
import { type ColumnDescription, type RowReader, type RowShape, messageOf, shapeOf } from "./rows.ts";

/** What of a connection of node-postgres queries build on, its own and others. */
export interface WireConnection {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): boolean };
  /** The texts of the statements that it knows by their names, and of those that it will. */
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
}

const bindComplete = "2".charCodeAt(0);
const commandComplete = "C".charCodeAt(0);

/** What somebody waits for, not for ever. */
export interface Awaited {
  giveUp(error: Error): void;
}

type Settle<R> = (error: Error | null, rows?: R[]) => void;

/** What a statement that is prepared by a name has said of its columns. */
interface Described {
  readonly columns: readonly ColumnDescription[];
  /** The shapes of its rows, by which of their values are told as texts. */
  readonly shapes: Map<string, RowShape>;
}

/** What is known of the statements of a connection, by their names. */
const described = new WeakMap<object, Map<string, Described>>();

/**
 * A statement on its way. It is written in one piece, with its company, whose rows nobody is told of, reads its rows
 * itself, and has them described once by each connection that it is prepared on.
 */
export class WireStatement<R extends object> implements pg.Submittable, Awaited {
  readonly name: string;
  text: string;
  callback: Settle<R>;
  readonly #values: readonly unknown[];
  readonly #texts: readonly string[] | undefined;
  readonly #written: WrittenRows | undefined;
  readonly #company: Company;
  readonly #rows: R[] = [];
  /** How many statements of its company have to end before its own rows come. */
  #ahead: number;
  #reader: RowReader | undefined;
  #known: Map<string, Described> | undefined;
  #error: Error | undefined;
  #deadlines: Deadlines<Awaited> | undefined;
  #opened: Opened<Awaited> | undefined;

  constructor(statement: Statement, company: Company, callback: Settle<R>) {
    this.name = statement.name;
    this.text = statement.text;
    this.callback = callback;
    this.#values = statement.values;
    this.#texts = statement.texts;
    this.#written = statement.written;
    this.#company = company;
    this.#ahead = company.before?.length ?? 0;
  }

  /** Writes it. An error that is given back reaches the callback, and the connection stays as it was. */
  submit(given: pg.Connection): Error | void {
    const connection = given as unknown as WireConnection;
    const { name, text } = this;
    const values = this.#values;
    const parsed = isParsed(connection, name);
    if (name) this.#known = knownOf(connection);
    const known = parsed ? this.#known?.get(name) : undefined;
    if (known) this.#readAs(known);
    let packet: Buffer;
    try {
      packet = packetOf(this.#company, { name, text, values }, { parsed, described: known !== undefined });
    } catch (error) {
      return error as Error;
    }
    if (name && !parsed) connection.submittedNamedStatements[name] = text;
    if (connection.stream.writable) connection.stream.write(packet);
  }

  /** Gives it up when it is not answered in time. */
  watch(deadlines: Deadlines<Awaited> | undefined): void {
    if (!deadlines) return;
    this.#deadlines = deadlines;
    this.#opened = deadlines.open(this);
  }

  /** Tells whoever waits for it; what still comes of it goes nowhere. */
  giveUp(error: Error): void {
    this.#settle(error);
    this.callback = () => {};
  }

  #settle(error: Error | null, rows?: R[]): void {
    if (this.#opened) this.#deadlines?.close(this.#opened);
    this.callback(error, rows);
  }

  /** Takes what says how far the statement has come; leaves all else to node-postgres. */
  takeMessage(type: number): boolean {
    if (type === commandComplete) this.#ahead--;
    return type === commandComplete || type === bindComplete;
  }

  takeRows(bytes: Buffer, from: number, to: number): void {
    if (this.#ahead > 0 || !this.#reader || this.#error) return;
    try {
      this.#reader.read(bytes, from, to, this.#rows);
    } catch (error) {
      this.#error = error as Error;
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly ColumnDescription[] }): void {
    const known: Described = { columns: fields, shapes: new Map() };
    this.#known?.set(this.name, known);
    this.#readAs(known);
  }

  #readAs({ columns, shapes }: Described): void {
    const key = this.#texts?.join() ?? "";
    let shape = shapes.get(key);
    if (!shape) {
      shape = shapeOf(columns, this.#texts);
      shapes.set(key, shape);
    }
    try {
      this.#reader = this.#written ? new FormReader(this.#written, shape) : shape;
    } catch (error) {
      this.#error = error as Error;
    }
  }

  /** For a client that reads rows itself. */
  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const message = messageOf(fields);
    this.takeRows(message, 0, message.length);
  }

  handleCommandComplete(): void {
    this.#ahead--;
  }

  handleReadyForQuery(): void {
    if (this.#error) this.#settle(this.#error);
    else this.#settle(null, this.#rows);
  }

  handleError(error: Error): void {
    this.#settle(error);
  }

  handleEmptyQuery(): void {}
}

/** Whether a connection knows a statement by this name. */
export function isPrepared(client: PoolClient, name: string): boolean {
  const { connection } = client as unknown as { readonly connection: WireConnection };
  return name !== "" && connection.parsedStatements[name] !== undefined;
}

function isParsed({ parsedStatements, submittedNamedStatements }: WireConnection, name: string): boolean {
  return name !== "" && (parsedStatements[name] ?? submittedNamedStatements[name]) !== undefined;
}

function knownOf(connection: object): Map<string, Described> {
  let known = described.get(connection);
  if (!known) {
    known = new Map();
    described.set(connection, known);
  }
  return known;
}
