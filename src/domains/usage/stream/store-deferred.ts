import { type TransactionHost, transact } from "../../../db/transaction.ts";
import { isPassing } from "../../../db/unavailable.ts";
import type { NewEvent } from "../events/store.ts";
import { takeIn } from "../events/take-in.ts";
import { findGone } from "./gone.ts";
import { type Batch, readBatch, textOf } from "./read-batch.ts";

/** Why events can never be stored. */
export type DeadReason =
  /** The text is no batch of events. */
  | "UNREADABLE"
  /** They name a customer, a meter or a subscription that was deleted after they were accepted. */
  | "GONE"
  /** The database has no room for their values. */
  | "UNSTORABLE";

/** Events that can never be stored, as a text that could take the way through the stream again. */
export interface DeadLetter {
  readonly reason: DeadReason;
  readonly text: string;
  readonly environmentId: string | null;
  readonly eventIds: readonly string[];
}

/** What became of a text: all of it is stored but for what is `dead`; or it has to come `again`, because of an error. */
export interface Handled {
  readonly dead: readonly DeadLetter[];
  readonly again?: unknown;
}

/**
 * Stores the events of texts that were taken from the stream: one transaction for all of an environment, unless it fails. Then each
 * text goes alone, and each event of a text that the database refuses, so that nothing holds up what is good, and no tenant another one. A
 * text may come again after a crash or a lost answer; events whose keys are stored already are left out.
 */
export async function storeDeferred(host: TransactionHost, texts: readonly string[]): Promise<Handled[]> {
  const batches = texts.map(readBatch);
  const handled = texts.map((text, place): Handled => {
    if (batches[place]) return { dead: [] };
    return { dead: [{ reason: "UNREADABLE", text, environmentId: null, eventIds: [] }] };
  });
  const readable = batches.filter((batch) => batch !== null);
  for (const part of Map.groupBy(readable, ({ head }) => head.environmentId).values()) {
    // oxlint-disable-next-line no-await-in-loop -- the embedded database takes one transaction at a time
    for (const [place, result] of await storeTogether(host, part)) handled[place] = result;
  }
  return handled;
}

type Results = (readonly [place: number, result: Handled])[];

/** Stores batches of one environment, or each by itself where that fails. */
async function storeTogether(host: TransactionHost, batches: readonly Batch[]): Promise<Results> {
  const [first] = batches;
  if (!first) return [];
  try {
    const events = batches.flatMap((batch) => batch.events);
    await store(host, first, events);
    return batches.map(({ place }) => [place, { dead: [] }]);
  } catch (error) {
    if (isPassing(error)) return batches.map(({ place }) => [place, { dead: [], again: error }]);
  }
  const results: Results = [];
  for (const batch of batches) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
    results.push([batch.place, await storeAlone(host, batch)]);
  }
  return results;
}

/** Stores what can be stored of a batch. */
async function storeAlone(host: TransactionHost, batch: Batch): Promise<Handled> {
  try {
    const gone = await findGone(host, batch);
    const there = batch.events.filter(({ id }) => !gone.has(id));
    const refused = await storeAll(host, batch, there);
    const letters = [
      letter(
        batch,
        "GONE",
        batch.events.filter(({ id }) => gone.has(id)),
      ),
      letter(batch, "UNSTORABLE", refused),
    ];
    return { dead: letters.filter(({ eventIds }) => eventIds.length) };
  } catch (error) {
    return { dead: [], again: error };
  }
}

/** Stores events, in halves where the database refuses their values; gives those that it refuses by themselves. */
async function storeAll(
  host: TransactionHost,
  batch: Batch,
  events: readonly NewEvent[],
): Promise<readonly NewEvent[]> {
  try {
    await store(host, batch, events);
    return [];
  } catch (error) {
    if (!refusesValues(error)) throw error;
    if (events.length === 1) return events;
    const half = Math.ceil(events.length / 2);
    const first = await storeAll(host, batch, events.slice(0, half));
    return [...first, ...(await storeAll(host, batch, events.slice(half)))];
  }
}

async function store(host: TransactionHost, { head }: Batch, events: readonly NewEvent[]): Promise<void> {
  const { environmentId, actor, requestId, acceptedAt } = head;
  const writer = { environmentId, actor, requestId, now: new Date(acceptedAt) };
  await transact(host, writer, (transaction) => takeIn(transaction, firstOfEachKey(events)));
}

/** SQLSTATE class 22: a value that the database cannot read or has no room for. */
function refusesValues(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && code.startsWith("22");
}

function letter(batch: Batch, reason: DeadReason, events: readonly NewEvent[]): DeadLetter {
  return {
    reason,
    text: textOf(batch, events),
    environmentId: batch.head.environmentId,
    eventIds: events.map(({ id }) => id),
  };
}

/** One statement stores one event of each key: a text that was sent twice is in the same handful at times. */
function firstOfEachKey(events: readonly NewEvent[]): NewEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.idempotencyKey, event])).values()];
}
