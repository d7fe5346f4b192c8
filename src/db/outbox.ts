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

/** Writes events into the outbox of the environment, in their order. One statement. */
export async function writeEvents(
  executor: Executor & { environmentId: string; requestId: string | null },
  drafts: readonly EventDraft[],
): Promise<void> {
  const records = drafts.map((draft) => ({
    id: newId(),
    type: draft.type,
    object_type: draft.objectType,
    object_id: draft.objectId,
    data: draft.data,
    previous_attributes: draft.previousAttributes ?? null,
  }));
  const json = toJson(records);
  await executor.query(Prisma.sql`
    INSERT INTO events (environment_id, id, type, object_type, object_id, data, previous_attributes, request_id)
    SELECT ${executor.environmentId}::uuid, e.id, e.type, e.object_type, e.object_id, e.data,
           nullif(e.previous_attributes, 'null'::jsonb), ${executor.requestId}
    FROM jsonb_array_elements(${json}::jsonb) WITH ORDINALITY AS list(record, position)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::events, list.record) e
    ORDER BY list.position`);
}
