import { z } from "zod";
import { isId } from "../../../kit/ids.ts";
import type { NewEvent } from "../events/store.ts";
import type { DeferredEvents } from "./defer.ts";

/** Events of one text, and that text's place among those that were taken together. */
export interface Batch {
  readonly place: number;
  readonly head: Omit<DeferredEvents, "events">;
  readonly events: readonly NewEvent[];
}

const id = z.string().refine(isId);

/** No more is read than is needed to store it: whatever else is wrong, the database tells. */
const event = z.looseObject({
  id,
  customerId: id,
  meterId: id,
  subscriptionId: id.nullable(),
  quantity: z.string(),
  value: z.string().nullable(),
  timestamp: z.iso.datetime().transform((text) => new Date(text)),
  properties: z.unknown(),
  idempotencyKey: z.string(),
});

const batch = z.strictObject({
  environmentId: id,
  actor: z.string(),
  requestId: z.string().nullable(),
  acceptedAt: z.iso.datetime(),
  events: z.array(event),
});

/** The events of a text of the stream; null for a text that is no batch of events. */
export function readBatch(text: string, place: number): Batch | null {
  try {
    const { events, ...head } = batch.parse(JSON.parse(text));
    return { place, head, events: events as unknown as NewEvent[] };
  } catch {
    return null;
  }
}

/** Some events of a batch as a text of their own, which could take the way through the stream again. */
export function textOf({ head }: Batch, events: readonly NewEvent[]): string {
  return JSON.stringify({ ...head, events } satisfies DeferredEvents);
}
