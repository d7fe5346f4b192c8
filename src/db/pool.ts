import pg from "pg";
import { answersWithin, promptly } from "./silence.ts";
import { typeParsers } from "./type-parsers.ts";
import { WireClient } from "./wire/client.ts";

export interface PoolOptions {
  /** Where the database is; its own `onConnect` runs first on every new connection. */
  readonly connection: pg.PoolConfig;
  /** The most connections that are open at once. A `max` of the connection itself is an upper bound. */
  readonly max: number;
  /**
   * After how many milliseconds the server gives up on a statement, 0 for never; its own setting by default. A server that
   * says nothing for two seconds more is taken for lost.
   */
  readonly statementTimeoutMs?: number | undefined;
  /** After how many milliseconds `connect` gives up, waiting for a free connection included; 10 000 by default. */
  readonly connectTimeoutMs?: number | undefined;
  /** Told when a connection dies, idle or in use. The pool replaces it; who was using it gets an error of its own. */
  readonly onConnectionError?: ((error: Error) => void) | undefined;
}

/**
 * Opens a pool whose sessions are in UTC and whose rows are parsed by `typeParsers`. It connects when first used.
 *
 * A connection that dies while it is checked out of a node-postgres pool, between two queries, emits an `error` that
 * nobody listens to, which ends the process. So every connection has a listener here from its beginning to its end.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const { connection, onConnectionError = ignore } = options;
  // What is prepared by name is planned once, and not each time because values might have a better plan.
  // Such a plan guesses how many rows there are, and a wrong guess would have it compiled for seconds.
  const settings: Record<string, string> = {
    TimeZone: "UTC",
    plan_cache_mode: "force_generic_plan",
    jit: "off",
  };
  if (options.statementTimeoutMs !== undefined)
    settings["statement_timeout"] = String(options.statementTimeoutMs);
  const pool = new pg.Pool({
    application_name: "billgraph",
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    ...answersWithin(options.statementTimeoutMs),
    ...connection,
    Client: WireClient,
    max: Math.min(options.max, connection.max ?? Number.POSITIVE_INFINITY),
    types: typeParsers,
    onConnect: async (client) => {
      // May be a promise, whatever its type says: the pool waits for it.
      const begun: unknown = connection.onConnect?.(client);
      await begun;
      await client.query({
        text: "SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS setting(name, value)",
        values: [Object.keys(settings), Object.values(settings)],
        ...promptly,
      });
    },
  });
  pool.on("connect", (client) => {
    // One death may come as several errors, of which the first has the reason, and reaches the pool as well.
    client.once("error", onConnectionError);
    client.on("error", ignore);
  });
  pool.on("error", ignore);
  return pool;
}

function ignore(): void {}
