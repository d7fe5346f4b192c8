import { LRUCache } from "lru-cache";
import { serialize } from "pg-protocol";
import type { ColumnDescription, RowShape } from "./rows.ts";

/** The members of a node-postgres connection that its own queries and ours use. */
export interface WireConnection {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): boolean };
  /** The texts of the statements that it knows by their names, and of those that it will. */
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
}

/** The column descriptions of a prepared statement. */
export interface Described {
  readonly columns: readonly ColumnDescription[];
  /** The shapes of its rows, by which of their values are told as texts. */
  readonly shapes: LRUCache<string, RowShape>;
}

/** What the names begin with that are made for statements as they come. All other names are our own, and few. */
export const generatedName = "s";

const isGenerated = (name: string): boolean => /^s\d+$/.test(name);

/**
 * How many statements with generated names a connection keeps prepared. Each is a plan in the memory of its server process, and the
 * selections of callers make more of them than there are.
 */
export const mostPrepared = 500;

/** The statements that a connection knows by their names. Of those with generated names it forgets the ones that were not run for longest. */
export class PreparedStatements {
  readonly #connection: WireConnection;
  readonly #own = new Map<string, Entry>();
  readonly #generated: LRUCache<string, Entry>;
  #leaving: string[] = [];

  constructor(connection: WireConnection) {
    this.#connection = connection;
    this.#generated = new LRUCache({
      max: mostPrepared,
      dispose: (_entry, name, reason) => {
        if (reason === "evict") this.#leaving.push(name);
      },
    });
  }

  /** Says that a statement is about to be run, and gives what it has said of its columns. */
  use(name: string): Described | undefined {
    const statements = isGenerated(name) ? this.#generated : this.#own;
    const entry = statements.get(name);
    if (!entry) statements.set(name, { described: undefined });
    return entry?.described;
  }

  describe(name: string, described: Described): void {
    const entry = (isGenerated(name) ? this.#generated : this.#own).get(name);
    if (entry) entry.described = described;
  }

  /** The messages that make the server forget what has to make room, before others run. */
  takeLeave(): Buffer[] {
    const leaving = this.#leaving;
    if (!leaving.length) return [];
    this.#leaving = [];
    return leaving.flatMap((name) => {
      if (this.#connection.parsedStatements[name] === undefined) return [];
      delete this.#connection.parsedStatements[name];
      return [serialize.close({ type: "S", name })];
    });
  }
}

interface Entry {
  described: Described | undefined;
}

const byConnection = new WeakMap<object, PreparedStatements>();

export function preparedOn(connection: WireConnection): PreparedStatements {
  let prepared = byConnection.get(connection);
  if (!prepared) byConnection.set(connection, (prepared = new PreparedStatements(connection)));
  return prepared;
}
