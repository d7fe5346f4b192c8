import type { Prisma } from "./generated/prisma/client.ts";

/** Whatever runs SQL: a request's reads, or a transaction. */
export interface Executor {
  /** Runs one statement and gives its rows. */
  query<R extends object>(statement: Prisma.Sql): Promise<R[]>;
}

/** Told of every statement that an executor runs, before it runs. */
export type StatementObserver = (text: string, values: readonly unknown[]) => void;

const names = new Map<string, string>();
const mostNames = 2_000;

/**
 * A short name for the text of a statement, so that each connection parses and plans it once. Undefined when more
 * different statements were seen than a connection should keep.
 */
export function preparedName(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < mostNames) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}
