import type { Pool } from "pg";
import type { Wanted } from "../db/abandon.ts";
import { platform } from "../db/confine.ts";
import type { EventHub } from "../db/events/hub.ts";
import type { Executor } from "../db/executor.ts";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import { reader } from "../db/reader.ts";
import type { TransactionHost } from "../db/transaction.ts";
import type { Context, RateLimitState, Tally, Viewer } from "../graph/context.ts";
import type { ApiVersion } from "../kit/api-versions.ts";
import type { Soon } from "../kit/soon.ts";

/** The database as requests use it. */
export type GraphDatabase = TransactionHost & {
  readonly prisma: PrismaClient;
  readonly adminPool: Pool;
  readonly events: EventHub;
};

/** What the platform itself reads and writes, on connections that do not wait for those of requests. */
export function adminReader(database: Pick<GraphDatabase, keyof TransactionHost | "adminPool">): Executor {
  return reader({ ...database, pool: database.adminPool }, platform);
}

/** What the gates found out about a request. */
export interface Admission {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Whether the key runs registered documents only. */
  readonly documentsOnly: boolean;
  /** The version of the API that the answer is in. */
  readonly version: ApiVersion;
  /** Until the caller has gone or its time is over. */
  readonly wanted: Wanted;
  /** The bucket of the key, after this request. Null where there is no limit. */
  rateLimit: RateLimitState | null;
  /** Makes links to documents of the viewer's environment. */
  readonly linkTo: Context["linkTo"];
  /** Takes more tokens for an operation that is worth more than one; throws RATE_LIMIT_EXCEEDED. */
  readonly charge: (tokens: number) => Soon<void>;
  /** Throws UNAUTHENTICATED when what the request came in with is not in force any more. */
  readonly checkAgain: () => Promise<void>;
  /** Lets the answer be a stream: the request has no deadline from now on, but who does not read is cut off. */
  readonly stayOpen: () => void;
}

/** The context of one operation, over a database that may be one open transaction. What it does is counted in `tally`. */
export function contextOn(
  database: GraphDatabase,
  { requestId, viewer, rateLimit, linkTo, wanted }: Admission,
  tally: Tally,
): Context {
  const counted: GraphDatabase = {
    ...database,
    wanted,
    observe: (text, values) => {
      tally.statements++;
      database.observe?.(text, values);
    },
  };
  const { query, confined } = reader(counted, viewer.environmentId);
  const reads: Executor = {
    confined,
    query: async (statement) => {
      const rows = await query(statement);
      tally.rows += rows.length;
      return rows as never;
    },
  };
  const { environmentId } = viewer;
  const events: Context["events"] = {
    listen: (after) => database.events.listen(environmentId, after, wanted.signal),
    position: () => database.events.position(environmentId),
  };
  return {
    requestId,
    viewer,
    rateLimit,
    linkTo,
    tally,
    reads,
    events,
    database: counted,
    loaders: new Map(),
    loaded: new Map(),
    prepared: new Map(),
    parents: new Map(),
  };
}
