import { type BillingCycle, periodAt } from "../../kit/billing-cycle.ts";
import type { Period } from "../../kit/period.ts";
import type { Subscription } from "./state.ts";

/** The cycle that a subscription is billed in. */
export function cycleOf(
  subscription: Pick<
    Subscription,
    "interval" | "intervalCount" | "billingAnchor" | "billingAnchorDay" | "timezone"
  >,
): BillingCycle {
  const { interval, intervalCount: count, billingAnchor: anchor, billingAnchorDay, timezone } = subscription;
  return { interval, count, anchor, anchorDay: billingAnchorDay, zone: timezone };
}

/** The period that a subscription is in. */
export function currentPeriodOf({ currentPeriodStart, currentPeriodEnd }: Subscription): Period {
  return { start: currentPeriodStart, end: currentPeriodEnd };
}

/** The whole period of the cycle that `period` is only a part of; undefined when it is a whole one. */
export function wholeOf(cycle: BillingCycle, period: Period): Period | undefined {
  const whole = periodAt(cycle, period.start);
  const same = +whole.start === +period.start && +whole.end === +period.end;
  return same ? undefined : whole;
}
