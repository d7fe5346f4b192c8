import { type Change, updateRows } from "../../db/changes.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Subscription } from "./state.ts";
import { awaitLateUsage } from "./usage/late.ts";

/**
 * Writes subscriptions that have changed. Those that have ended by it are to have their charges written before: what comes late of
 * their usage is waited for. Two statements at most, however many they are.
 */
export async function writeSubscriptions(
  transaction: Transaction,
  changes: readonly Change<Subscription>[],
): Promise<void> {
  await updateRows(transaction, "BillingSubscription", changes);
  await awaitLateUsage(
    transaction,
    changes.flatMap(({ before, after }) => (after.endedAt && !before.endedAt ? [after] : [])),
  );
}
