import type { Transaction } from "../../../db/transaction.ts";
import { markUsage } from "./mark.ts";
import { type NewEvent, storeNewEvents } from "./store.ts";

/**
 * Stores events whose keys nobody has, and has the engine look at the meters that are watched. Gives the ids of those that it left out.
 * The last thing that a transaction does.
 */
export async function takeIn(
  transaction: Transaction,
  events: readonly NewEvent[],
): Promise<ReadonlySet<string>> {
  const watched = events.filter((event) => event.watched);
  const run = watched.length ? transaction.query : transaction.conclude;
  const leftOut = await storeNewEvents(transaction, events, run);
  const marked = watched.filter(({ id }) => !leftOut.has(id));
  if (marked.length) await markUsage(transaction, marked);
  return leftOut;
}
