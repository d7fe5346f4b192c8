import { LRUCache } from "lru-cache";
import type { PoolClient } from "pg";
import { FormReader } from "./form-reader.ts";
import { type Statement, runningOf } from "./packet.ts";
import { type Described, type PreparedStatements, type WireConnection, preparedOn } from "./prepared.ts";
import { type ColumnDescription, type RowReader, shapeOf } from "./rows.ts";

/** Told how a statement ended: an error, or its rows. */
type Settle = (error: Error | null, rows: object[]) => void;

/** How many ways of telling the rows of one statement are kept. */
const mostShapes = 20;

/**
 * A statement that is a part of a packet. It reads its rows itself, and has them described once by each connection that it is prepared
 * on.
 */
export class WireStatement {
  readonly name: string;
  text: string;
  readonly #statement: Statement;
  readonly #settle: Settle;
  readonly #rows: object[] = [];
  #reader: RowReader | undefined;
  #prepared: PreparedStatements | undefined;
  #error: Error | undefined;

  /** `settle` is told how it ended, once. */
  constructor(statement: Statement, settle: Settle) {
    this.name = statement.name;
    this.text = statement.text;
    this.#statement = statement;
    this.#settle = settle;
  }

  /** The messages that run it on a connection. Throws what is wrong with its values. */
  messagesOn(connection: WireConnection): Buffer[] {
    const { name, text } = this;
    const { values } = this.#statement;
    const parsed = isParsed(connection, name);
    if (name) this.#prepared = preparedOn(connection);
    const before = this.#prepared?.use(name);
    const known = parsed ? before : undefined;
    if (known) this.#readAs(known);
    const messages = runningOf({ name, text, values }, { parsed, described: known !== undefined });
    if (name && !parsed) connection.submittedNamedStatements[name] = text;
    return messages;
  }

  takeRows(bytes: Buffer, from: number, to: number): void {
    if (!this.#reader || this.#error) return;
    try {
      this.#reader.read(bytes, from, to, this.#rows);
    } catch (error) {
      this.#error = error as Error;
    }
  }

  takeColumns(columns: readonly ColumnDescription[]): void {
    const known: Described = { columns, shapes: new LRUCache({ max: mostShapes }) };
    this.#prepared?.describe(this.name, known);
    this.#readAs(known);
  }

  /** Its packet has come to its end, or failed. */
  end(error = this.#error): void {
    this.#settle(error ?? null, this.#rows);
  }

  #readAs({ columns, shapes }: Described): void {
    const { texts, written } = this.#statement;
    const key = texts?.join() ?? "";
    let shape = shapes.get(key);
    if (!shape) {
      shape = shapeOf(columns, texts);
      shapes.set(key, shape);
    }
    try {
      this.#reader = written ? new FormReader(written, shape) : shape;
    } catch (error) {
      this.#error = error as Error;
    }
  }
}

/** Whether a connection knows a statement by this name. */
export function isPrepared(client: PoolClient, name: string): boolean {
  const { connection } = client as unknown as { readonly connection: WireConnection };
  if (name === "" || connection.parsedStatements[name] === undefined) return false;
  // It may wait for others, and must still be known when they leave.
  preparedOn(connection).use(name);
  return true;
}

function isParsed({ parsedStatements, submittedNamedStatements }: WireConnection, name: string): boolean {
  return name !== "" && (parsedStatements[name] ?? submittedNamedStatements[name]) !== undefined;
}
