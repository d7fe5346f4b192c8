import type { TimeBasis } from "../../kit/time-share.ts";
import type { InvoiceDraft } from "../invoices/index.ts";
import { draftOf } from "./billing.ts";
import { currentPeriodOf, cycleOf, wholeOf } from "./cycle.ts";
import { refuseTooMuch } from "./mixed.ts";
import { rateItems } from "./rating.ts";
import type { SubscriptionState } from "./state.ts";

/** The invoice of the first period of a subscription that begins without a trial; null when it bills nothing. */
export function billFirstPeriod(state: SubscriptionState, basis: TimeBasis, now: Date): InvoiceDraft | null {
  const { subscription, items } = state;
  const period = currentPeriodOf(subscription);
  const whole = wholeOf(cycleOf(subscription), period);
  const lines = rateItems(items, period, { timing: "IN_ADVANCE", whole, first: true, basis });
  refuseTooMuch(lines);
  return lines.length ? draftOf(state, { reason: "SUBSCRIPTION_CREATE", period, lines, now }) : null;
}
