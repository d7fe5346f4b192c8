import type { TimeBasis } from "../../kit/time-share.ts";
import type { InvoiceDraft } from "../invoices/index.ts";
import { draftOf } from "./billing.ts";
import { heldNext } from "./held-discounts.ts";
import { refuseTooMuch } from "./mixed.ts";
import { billedPeriodOf } from "./rules/billed-period.ts";
import { chargeInAdvance } from "./rules/first-charge.ts";
import type { SubscriptionState } from "./state.ts";
import { newHistory } from "./rules/history.ts";

/** The invoice of the first period of a subscription that begins without a trial; null when it bills nothing. */
export function billFirstPeriod(state: SubscriptionState, basis: TimeBasis, now: Date): InvoiceDraft | null {
  const { subscription, items } = state;
  const discounts = heldNext(state);
  const billed = billedPeriodOf(subscription);
  const history = newHistory(items, subscription);
  const lines = chargeInAdvance(history.items, billed.period, { billed, basis, discounts });
  refuseTooMuch(lines);
  if (!lines.length) return null;
  const { period } = billed;
  return draftOf(state, { reason: "SUBSCRIPTION_CREATE", period, lines, discounts, countsCycle: true, now });
}
