import type { Pool } from "pg";
import type { Executor } from "../db/executor.ts";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import { type TransactionHost, reader } from "../db/transaction.ts";
import type { Context, RateLimitState, Tally, Viewer } from "../graph/context.ts";
import type { ApiVersion } from "../kit/api-versions.ts";

/** The database as requests use it. */
export type GraphDatabase = TransactionHost & { readonly prisma: PrismaClient; readonly adminPool: Pool };

/** Reads that do not wait for the connections of requests. */
export function adminReader(database: GraphDatabase): Executor {
  return reader({ ...database, pool: database.adminPool });
}

/** What the gates found out about a request. */
export interface Admission {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Whether the key runs registered documents only. */
  readonly documentsOnly: boolean;
  /** The version of the API that the answer is in. */
  readonly version: ApiVersion;
  /** Aborts when the caller has gone or its time is over. */
  readonly signal: AbortSignal;
  /** The bucket of the key, after this request. Null where there is no limit. */
  rateLimit: RateLimitState | null;
  /** Takes more tokens for an operation that is worth more than one; throws RATE_LIMIT_EXCEEDED. */
  readonly charge: (tokens: number) => Promise<void>;
}

/** The context of one operation, over a database that may be one open transaction. What it does is counted in `tally`. */
export function contextOn(
  database: GraphDatabase,
  { requestId, viewer, rateLimit, signal }: Admission,
  tally: Tally,
): Context {
  const counted: GraphDatabase = {
    ...database,
    signal,
    observe: (text, values) => {
      tally.statements++;
      database.observe?.(text, values);
    },
  };
  const { query } = reader(counted);
  const reads: Executor = {
    query: async (statement) => {
      const rows = await query(statement);
      tally.rows += rows.length;
      return rows as never;
    },
  };
  return { requestId, viewer, rateLimit, tally, reads, database: counted, loaders: new Map() };
}
