import type { Period } from "../../../kit/period.ts";
import type { Situation } from "../plan.ts";
import { billedPeriodOf } from "../rules/billed-period.ts";
import type { Reading } from "../state.ts";
import { freeTime, usedParts } from "../used-time.ts";
import { type BilledUsage, billUsage, noUsage } from "./bill-usage.ts";

/** What of a subscription's usage an operation bills at once: that of `period`, and what came late for earlier ones. */
export async function usageUntilNow(
  reading: Reading,
  { state, history, basis, now, locked: lock }: Situation,
  period: Period | null,
): Promise<BilledUsage> {
  const parts = usedParts(history, period);
  const { whole } = billedPeriodOf(state.subscription);
  const wanted = { state, period, parts, free: freeTime(history), whole, basis, corrects: true };
  const usage = await billUsage(reading, [wanted], { now, lock });
  return usage.get(state.subscription.id) ?? noUsage;
}
