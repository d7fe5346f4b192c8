import { type Change, updateRows } from "../../db/changes.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Subscription } from "./state.ts";
import { writeStates } from "./store/history.ts";
import { awaitLateUsage } from "./usage/late.ts";

/** A subscription that has changed, and since when. */
export interface SubscriptionChange extends Change<Subscription> {
  readonly at: Date;
}

/**
 * Writes subscriptions that have changed, and the states of their time. Those that have ended by it are to have their charges written
 * before: what comes late of their usage is waited for. Four statements at most, however many they are.
 */
export async function writeSubscriptions(
  transaction: Transaction,
  changes: readonly SubscriptionChange[],
): Promise<void> {
  await updateRows(transaction, "BillingSubscription", changes);
  await writeStates(transaction, changes);
  await awaitLateUsage(
    transaction,
    changes.flatMap(({ before, after }) => (after.endedAt && !before.endedAt ? [after] : [])),
  );
}
