import { newId } from "../kit/ids.ts";
import type { Executor } from "./executor.ts";
import { Prisma } from "./generated/prisma/client.ts";
import { toJson } from "./json.ts";

/** An event that is to be told of when the transaction commits. */
export interface EventDraft {
  /** `customer.created`, `invoice.paid` … */
  readonly type: string;
  readonly objectType: string;
  readonly objectId: string;
  /** The object after the change. */
  readonly data: unknown;
  /** The values before the change of the fields that changed, for updates. */
  readonly previousAttributes?: unknown;
}

/** The statement that writes events into the outbox of an environment, in their order. */
export function eventsStatement(
  { environmentId, requestId }: { readonly environmentId: string; readonly requestId: string | null },
  drafts: readonly EventDraft[],
): Prisma.Sql {
  const records = drafts.map((draft) => ({
    id: newId(),
    type: draft.type,
    object_type: draft.objectType,
    object_id: draft.objectId,
    data: draft.data,
    previous_attributes: draft.previousAttributes ?? null,
  }));
  const json = toJson(records);
  return Prisma.sql`
    INSERT INTO events (environment_id, id, type, object_type, object_id, data, previous_attributes, request_id)
    SELECT ${environmentId}::uuid, e.id, e.type, e.object_type, e.object_id, e.data,
           nullif(e.previous_attributes, 'null'::jsonb), ${requestId}
    FROM jsonb_array_elements(${json}::jsonb) WITH ORDINALITY AS list(record, position)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::events, list.record) e
    ORDER BY list.position`;
}

/** How much waits in a queue. */
export interface Backlog {
  readonly waiting: number;
  /** For how many seconds the first in the queue has waited; 0 when it is empty. */
  readonly oldestSeconds: number;
}

/** So many events are counted at the most. */
const mostCounted = 100_000;

/** The events of all environments that were not handed on yet. A longer backlog counts as 100,000. */
export async function outboxBacklog(executor: Executor): Promise<Backlog> {
  const [row] = await executor.query<Backlog>(Prisma.sql`
    SELECT count(*)::int AS waiting,
           greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(first.created_at)), 0))::float8 AS "oldestSeconds"
    FROM (SELECT e.created_at FROM events e WHERE e.published_at IS NULL ORDER BY e.sequence LIMIT ${mostCounted}) first`);
  return row ?? { waiting: 0, oldestSeconds: 0 };
}
