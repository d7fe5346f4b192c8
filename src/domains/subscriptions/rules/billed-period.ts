import type { Row } from "../../../db/datamodel.ts";
import { type BillingCycle, periodAt } from "../../../kit/billing-cycle.ts";
import { type Period, earlier } from "../../../kit/period.ts";

type Subscription = Pick<
  Row<"BillingSubscription">,
  | "interval"
  | "intervalCount"
  | "billingAnchor"
  | "billingAnchorDay"
  | "timezone"
  | "currentPeriodStart"
  | "currentPeriodEnd"
  | "currentCycleStart"
  | "currentCycleEnd"
  | "cyclesBilled"
>;

/** A period that is billed, and what its amounts are shares of. */
export interface BilledPeriod {
  readonly period: Period;
  /** The whole period of the cycle that it is, or is a part of. */
  readonly whole: Period;
  /** The period as it would be if the subscription did not end in it. */
  readonly uncut: Period;
  /** Whether it is the first that is charged: then the start rule of each price says what a part of a period costs. */
  readonly first: boolean;
}

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
export function currentPeriodOf({
  currentPeriodStart,
  currentPeriodEnd,
}: Pick<Subscription, "currentPeriodStart" | "currentPeriodEnd">): Period {
  return { start: currentPeriodStart, end: currentPeriodEnd };
}

/** A period, cut where the subscription is known to end. */
export function cutAtEnd(
  { start, end }: Period,
  { billingEndsOn, cancelAt }: Pick<Row<"BillingSubscription">, "billingEndsOn" | "cancelAt">,
): Period {
  const ends = [billingEndsOn, cancelAt].filter((one) => one !== null && one > start) as Date[];
  return { start, end: ends.reduce(earlier, end) };
}

/** The current period as it is billed. A cycle that changes when the period ends does not change the period. */
export function billedPeriodOf(subscription: Subscription): BilledPeriod {
  const { currentCycleStart, currentCycleEnd, cyclesBilled } = subscription;
  const period = currentPeriodOf(subscription);
  const whole =
    currentCycleStart && currentCycleEnd
      ? { start: currentCycleStart, end: currentCycleEnd }
      : periodAt(cycleOf(subscription), period.start);
  return { period, whole, uncut: { start: period.start, end: whole.end }, first: cyclesBilled <= 1 };
}

/** The period that a price is for: the cycle's or, where the first one is shorter, as its start rule says; null where that costs nothing. */
export function referenceOf(
  { startRule }: Pick<Row<"Price">, "startRule">,
  { whole, uncut, first }: BilledPeriod,
): Period | null {
  const isShort = +uncut.start !== +whole.start || +uncut.end !== +whole.end;
  if (!first || !isShort) return whole;
  return { IMMEDIATE: uncut, PRORATE: whole, NEXT_ANCHOR: null }[startRule];
}

/** What keeps the current period as it is while the cycle changes from its end on. */
export function pinnedCycle(
  subscription: Subscription,
): Pick<Subscription, "currentCycleStart" | "currentCycleEnd"> {
  const { whole } = billedPeriodOf(subscription);
  return { currentCycleStart: whole.start, currentCycleEnd: whole.end };
}
