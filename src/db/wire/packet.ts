import { serialize } from "pg-protocol";
import type { WrittenRows } from "./form.ts";
import { written } from "./values.ts";

/** The end of a statement: run it, with all its rows. And of a packet, which ends an implicit transaction. */
const execute = serialize.execute();
const sync = serialize.sync();
const describe = serialize.describe({ type: "P", name: "" });

/** A statement that is to be run. */
export interface Statement {
  /** What it is prepared by; an empty name for once only. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** The columns that are told as the texts to be written. */
  readonly texts?: readonly string[];
  /** How its rows are written as JSON; without it, they become objects. */
  readonly written?: WrittenRows | undefined;
}

/** The messages of statements in the packet of others: those before them, and those after them, which run when they went well. */
export interface Company {
  readonly before?: readonly Buffer[] | undefined;
  readonly after?: Buffer | undefined;
}

/**
 * The messages that run statements with their company on a connection, in one piece. What `leave` gives then goes before all of them, so that
 * nothing can fail before it.
 */
export function packetOf<C>(
  { before = [], after }: Company,
  statements: readonly { messagesOn(connection: C): readonly Buffer[] }[],
  connection: C,
  leave: () => readonly Buffer[],
): Buffer {
  const own = statements.flatMap((statement) => statement.messagesOn(connection));
  const parts = [...leave(), ...before, ...own];
  if (after) parts.push(after);
  parts.push(sync);
  return Buffer.concat(parts);
}

/** The messages that run one statement, and tell what its columns are where that is to be described. */
export function runningOf(
  { name, text, values }: Statement,
  { parsed, described }: { readonly parsed: boolean; readonly described: boolean },
): Buffer[] {
  const parts = [bindOf(name, values)];
  if (!parsed) parts.unshift(serialize.parse({ name, text }));
  if (!described) parts.push(describe);
  parts.push(execute);
  return parts;
}

/** The messages that run a statement in the packet of another one. */
export function messagesOf({ name, text, values }: Statement): Buffer {
  const parts = [bindOf(name, values), execute];
  if (!name) parts.unshift(serialize.parse({ name, text }));
  return Buffer.concat(parts);
}

function bindOf(statement: string, values: readonly unknown[]): Buffer {
  return serialize.bind({ statement, values: values.map(written) });
}
