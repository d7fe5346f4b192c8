import type { Executor } from "../executor.ts";
import { Prisma } from "../generated/prisma/client.ts";
import type { EventPosition } from "./position.ts";

/** An event that happened, and its place among the others. */
export interface StoredEvent {
  readonly position: EventPosition;
  readonly id: string;
  /** `customer.updated`, `invoice.paid` … */
  readonly type: string;
  readonly objectType: string;
  readonly objectId: string;
  /** The object after the change. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The values before the change of the fields that changed; null unless the object was updated. */
  readonly previousAttributes: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
  readonly createdAt: Date;
}

/** The most events that one statement reads. */
export const pageSize = 500;

type EventRow = Omit<StoredEvent, "position"> & EventPosition;

/**
 * The next events of an environment. A transaction takes its number when it first writes and may commit after later ones, so
 * only those are read before which none is open: nothing can turn up behind a position that was read.
 */
export async function eventsAfter(
  executor: Executor,
  environmentId: string,
  position: EventPosition,
): Promise<StoredEvent[]> {
  const rows = await executor.query<EventRow>(Prisma.sql`
    SELECT event_history() AS history, e.transaction_id::text AS transaction, e.sequence::text AS sequence, e.id, e.type, e.object_type AS "objectType",
           e.object_id AS "objectId", e.data, e.previous_attributes AS "previousAttributes", e.request_id AS "requestId",
           e.created_at AS "createdAt"
    FROM events e
    WHERE e.environment_id = ${environmentId}::uuid
      AND (e.transaction_id, e.sequence) > (${position.transaction}::bigint, ${position.sequence}::bigint)
      AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint + event_shift()
    ORDER BY e.transaction_id, e.sequence
    LIMIT ${pageSize}`);
  return rows.map(({ history, transaction, sequence, ...event }) => ({
    ...event,
    position: { history, transaction, sequence },
  }));
}

/** The place after everything that has been committed for certain. */
export async function currentPosition(executor: Executor): Promise<EventPosition> {
  const [row] = await executor.query<{ next: string; history: number }>(
    Prisma.sql`SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + event_shift())::text AS next,
                      event_history() AS history`,
  );
  if (!row) throw new Error("the database tells no snapshot");
  return { history: row.history, transaction: row.next, sequence: "0" };
}
