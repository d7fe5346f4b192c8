import type DataLoader from "dataloader";
import type { EventPosition } from "../db/events/position.ts";
import type { StoredEvent } from "../db/events/read.ts";
import type { Executor } from "../db/executor.ts";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import type { TransactionHost, Writer } from "../db/transaction.ts";

/** Where a document can be opened without a key, and until when. */
export interface DocumentLink {
  readonly url: string;
  readonly expiresAt: Date;
}

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

/** The events of the viewer's environment, as they happen. */
export interface LiveEvents {
  /** Those after a position. Ends when nobody waits for them any more. */
  listen(after: EventPosition): AsyncIterable<StoredEvent>;
  /** Where the stream is now. */
  position(): Promise<EventPosition>;
}

/** What every resolver gets. One an HTTP request, and one an event of a live stream. */
export interface Context {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Runs the request's reads. */
  readonly reads: Executor;
  readonly database: TransactionHost & { readonly prisma: PrismaClient };
  /** The request's loaders, by what they load. */
  readonly loaders: Map<string, DataLoader<string, unknown>>;
  /** What they have loaded. */
  readonly loaded: Map<string, Loaded<unknown>>;
  /** What fields have made ready for all objects that they are asked of, by their arguments. */
  readonly prepared: Map<object, unknown>;
  /** Objects whose rows lend something to those below them, by what is loaded and by their ids. */
  readonly parents: Map<string, Map<string, Identified>>;
  /** Makes a link to the document of an object of the viewer's environment. */
  readonly linkTo: (objectId: string, format: "pdf" | "html") => DocumentLink;
  readonly events: LiveEvents;
  /** What is left of the key's rate limit; null where there is none. */
  readonly rateLimit: RateLimitState | null;
  /** What the request has done so far. */
  readonly tally: Tally;
}

/** Whatever has an id. */
export interface Identified {
  readonly id: string;
}

/** What a request has loaded by one name, and is loading. */
export interface Loaded<V> {
  readonly values: Map<string, V>;
  /** The keys on their way, by what brings them. */
  readonly coming: Map<string, Promise<void>>;
  /** The keys of the batch that is still open. */
  open: { readonly keys: string[]; readonly done: Promise<void> } | undefined;
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
