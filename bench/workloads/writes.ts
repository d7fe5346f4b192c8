import { randomUUID } from "node:crypto";
import { eventPrefix } from "../data/events.ts";
import type { Subjects, WriteWorkload } from "./workload.ts";

/** Tells the requests of this run from those of others. */
const run = randomUUID();
let sent = 0;

/** Every customer of a batch is changed by every request: nothing is left out as unchanged. */
function batch({ batches }: Subjects, connection: number): object {
  sent += 1;
  const externalUpdatedAt = new Date().toISOString();
  const notes = `Synced as number ${sent}.`;
  const customers = (batches[connection] ?? []).map(({ externalId, email, name }) => ({
    externalId,
    email,
    name,
    notes,
    externalUpdatedAt,
  }));
  return { input: { source: "practicehub", customers } };
}

export const upsert: WriteWorkload = {
  name: "upsert",
  title: "A batch of 100 customers by external id, all of them known and changed",
  rowsWritten: 100,
  operationName: "Upsert",
  query: `mutation Upsert($input: UpsertCustomersByExternalIdInput!) {
  upsertCustomersByExternalId(input: $input) {
    created updated skipped failed
    results { index externalId outcome customer { id name } }
  }
}`,
  next: batch,
};

const eventsAtOnce = 1_000;

/** New events of some customers, none sent before, of the hour before: not in the month whose usage is read. */
function events({ customerIds, eventName }: Subjects, connection: number): object {
  sent += 1;
  const begun = Date.now() - 3_600_000;
  const list = Array.from({ length: eventsAtOnce }, (_, index) => ({
    customer: { id: customerIds[(connection + index) % customerIds.length] },
    name: eventName,
    quantity: String(1 + (index % 5)),
    timestamp: new Date(begun + index * 1_000).toISOString(),
    idempotencyKey: `${eventPrefix}${run}-${sent}-${index}`,
  }));
  return { input: { events: list } };
}

export const ingest: WriteWorkload = {
  name: "ingest",
  title: "1,000 new usage events",
  rowsWritten: eventsAtOnce,
  operationName: "Ingest",
  query: `mutation Ingest($input: IngestUsageEventsInput!) {
  ingestUsageEvents(input: $input) { ingested duplicates skipped failed }
}`,
  next: events,
};
