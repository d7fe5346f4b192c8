import type DataLoader from "dataloader";
import type { Executor } from "../db/executor.ts";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import type { TransactionHost, Writer } from "../db/transaction.ts";

/** Who asks: an API key or an access token, and the environment it belongs to. */
export interface Viewer {
  /** The id of the key, or `oauth:` with the subject of the token. */
  readonly keyId: string;
  readonly keyName: string;
  /** Who writes, for `createdBy` and `updatedBy`. */
  readonly actor: string;
  readonly scopes: readonly string[];
  readonly environmentId: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly livemode: boolean;
}

/** What every resolver gets. One an HTTP request. */
export interface Context {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Runs the request's reads. */
  readonly reads: Executor;
  readonly database: TransactionHost & { readonly prisma: PrismaClient };
  /** The request's loaders, by what they load. */
  readonly loaders: Map<string, DataLoader<string, unknown>>;
  /** What is left of the key's rate limit; null where there is none. */
  readonly rateLimit: RateLimitState | null;
  /** What the request has done so far. */
  readonly tally: Tally;
}

/** The state of a key's bucket of tokens. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

/** Counts of what a request did in the database. */
export interface Tally {
  statements: number;
  /** Rows that were read, outside mutations. */
  rows: number;
}

/** The writer that a request's use cases write as. */
export function writerOf({ viewer, requestId }: Context): Writer {
  return { environmentId: viewer.environmentId, actor: viewer.actor, requestId, now: new Date() };
}
