import { type TransactionHost, transact } from "../../../db/transaction.ts";
import { takeIn } from "../events/take-in.ts";
import type { DeferredEvents } from "./defer.ts";

/**
 * Stores the events of texts that were taken from the stream: one transaction for all of an environment. A text may come again after
 * a crash or a lost answer; events whose keys are stored already are left out.
 */
export async function storeDeferred(host: TransactionHost, texts: readonly string[]): Promise<void> {
  const batches = texts.map((text) => JSON.parse(text) as DeferredEvents);
  for (const part of Object.values(Object.groupBy(batches, ({ environmentId }) => environmentId))) {
    const [first] = part ?? [];
    if (!first || !part) continue;
    const { environmentId, actor, requestId, acceptedAt } = first;
    const writer = { environmentId, actor, requestId, now: new Date(acceptedAt) };
    const events = part.flatMap((batch) =>
      batch.events.map((event) => ({ ...event, timestamp: new Date(event.timestamp) })),
    );
    // oxlint-disable-next-line no-await-in-loop -- the embedded database takes one transaction at a time
    await transact(host, writer, (transaction) => takeIn(transaction, firstOfEachKey(events)));
  }
}

/** One statement stores one event of each key: a text that was sent twice is in the same handful at times. */
function firstOfEachKey<Event extends { readonly idempotencyKey: string }>(
  events: readonly Event[],
): Event[] {
  return [...new Map(events.toReversed().map((event) => [event.idempotencyKey, event])).values()];
}
