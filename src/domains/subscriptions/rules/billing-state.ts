import type { Row } from "../../../db/datamodel.ts";
import type { BillingState, PauseBehavior } from "../../../db/generated/prisma/enums.ts";
import { type Period, overlap } from "../../../kit/period.ts";
import { beginning, forever } from "./terms.ts";

type Subscription = Pick<
  Row<"BillingSubscription">,
  "status" | "trialEnd" | "currentPeriodStart" | "pauseBehavior" | "pausedAt"
>;

/** Whether time is billed, and how: by what a subscription was in it. */
export interface StateOfTime {
  readonly state: BillingState;
  /** What becomes of invoices while it is PAUSED; null otherwise. */
  readonly pauseBehavior: PauseBehavior | null;
}

export interface StateSpan extends StateOfTime {
  readonly start: Date;
  readonly end: Date;
}

/** A state that was written to hold from an instant on. */
export interface WrittenState extends StateOfTime {
  readonly start: Date;
}

/** Whether the current period is the trial, paused or not. A trial is a period of its own, which ends with it. */
export function inTrial({
  trialEnd,
  currentPeriodStart,
}: Pick<Subscription, "trialEnd" | "currentPeriodStart">): boolean {
  return trialEnd !== null && trialEnd > currentPeriodStart;
}

const billedStates: ReadonlySet<string> = new Set(["ACTIVE", "PAST_DUE", "CANCELED"]);

/** Whether a subscription is in a period that was billed, so that changes of its terms within it mean something. */
export function isBilled(subscription: Subscription): boolean {
  const { status, pausedAt, currentPeriodStart } = subscription;
  // A period that was billed before the pause is owed as any other.
  const billed =
    status === "PAUSED" ? pausedAt !== null && pausedAt > currentPeriodStart : billedStates.has(status);
  return billed && !inTrial(subscription);
}

const states: Readonly<Record<Subscription["status"], BillingState>> = {
  PENDING: "PENDING",
  TRIALING: "TRIAL",
  ACTIVE: "ACTIVE",
  PAST_DUE: "ACTIVE",
  PAUSED: "PAUSED",
  UNPAID: "UNPAID",
  CANCELED: "ENDED",
  EXPIRED: "ENDED",
};

/** The state that the time of a subscription is in, as its row is. In a trial nothing is billed, also while it is paused. */
export function stateOf(subscription: Subscription): StateOfTime {
  const state = states[subscription.status];
  if ((state === "ACTIVE" || state === "PAUSED") && inTrial(subscription)) {
    return { state: "TRIAL", pauseBehavior: null };
  }
  return {
    state,
    pauseBehavior: state === "PAUSED" ? (subscription.pauseBehavior ?? "KEEP_AS_DRAFT") : null,
  };
}

/**
 * Whether what is used in this time is billed with it. What was used after a cancellation that was taken back was used all the same, though
 * the time itself costs nothing.
 */
export function countsUsage({ state }: StateOfTime): boolean {
  return state === "ACTIVE" || state === "ENDED";
}

export function sameState(one: StateOfTime, other: StateOfTime): boolean {
  return one.state === other.state && one.pauseBehavior === other.pauseBehavior;
}

/** The states of all time, without gaps: each holds until the next one. `current` has always held where nothing was written. */
export function stateSpans(written: readonly WrittenState[], current: StateOfTime): StateSpan[] {
  if (!written.length) return [{ start: beginning, end: forever, ...current }];
  const inOrder = written.toSorted((one, other) => one.start.getTime() - other.start.getTime());
  return inOrder.flatMap((one, index) => {
    const end = inOrder[index + 1]?.start ?? forever;
    return one.start < end ? [{ ...one, end }] : [];
  });
}

/** The parts of a period in which the state meets a condition; those that follow each other are one. */
export function timeIn(
  spans: readonly StateSpan[],
  period: Period,
  condition: (state: StateOfTime) => boolean,
): Period[] {
  const parts: Period[] = [];
  for (const span of spans) {
    if (!condition(span)) continue;
    const part = overlap(span, period);
    if (!part) continue;
    const last = parts.at(-1);
    if (last && +last.end === +part.start) parts[parts.length - 1] = { start: last.start, end: part.end };
    else parts.push(part);
  }
  return parts;
}
