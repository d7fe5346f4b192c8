import type { BillingReason, PauseBehavior } from "../../db/generated/prisma/enums.ts";
import { nextPeriod } from "../../kit/billing-cycle.ts";
import { type Period, earlier, remainderOf } from "../../kit/period.ts";
import { target } from "../../kit/state-machine.ts";
import { currentPeriodOf, cutAtEnd, cycleOf } from "./rules/billed-period.ts";
import { inTrial } from "./rules/billing-state.ts";
import { type Step, nextStepAt } from "./next-step.ts";
import type { Subscription } from "./state.ts";
import { type SubscriptionMove, subscriptionMachine } from "./status.ts";

/** What a step bills. */
export interface Bill {
  readonly reason: BillingReason;
  /** The period that the invoice is of. */
  readonly period: Period;
  /** What is billed in advance: the period, unless nothing begins. */
  readonly advance: Period | null;
  /** What is billed in arrears: the period that is over, unless none is. */
  readonly arrears: Period | null;
  /** What is not owed any more of what was billed in advance, because the subscription ends before; null for nothing. */
  readonly unused: Period | null;
  /** What becomes of what is billed in advance: it is collected, or what the pause says. */
  readonly treatment: Treatment;
}

/** What becomes of an invoice: it is collected, or what the pause says. */
export type Treatment = "COLLECT" | PauseBehavior;

/** A subscription after a step, what is billed, and the events that tell of it. */
export interface Taken {
  readonly after: Subscription;
  readonly bill: Bill | null;
  readonly events: readonly string[];
  /** Whether it ends without having begun: its open invoices become void. */
  readonly unbegun?: boolean;
}

/** The period after the current one, cut where the subscription is known to end. */
export function followingPeriod(subscription: Subscription): Period {
  return cutAtEnd(nextPeriod(cycleOf(subscription), currentPeriodOf(subscription)), subscription);
}

/**
 * What a step makes of a subscription. It counts as of the time that it was due at, however late it is taken. A RETRY only
 * goes to see what can be collected: see `dunning.ts`.
 */
export function takeStep(before: Subscription, step: Step): Taken {
  const { at, kind } = step;
  switch (kind) {
    case "START":
      return begin(before, at);
    case "END_TRIAL":
      return enter(before, { status: moved(before, "activate") }, [
        "subscription.trial_ended",
        "subscription.activated",
      ]);
    case "RENEW":
      return enter(before, {}, ["subscription.renewed"]);
    case "PAUSE":
      return enter(
        before,
        {
          status: moved(before, "pause"),
          pausedAt: at,
          pauseAtPeriodEnd: false,
          pauseBehavior: before.pauseBehavior ?? "KEEP_AS_DRAFT",
        },
        ["subscription.paused"],
      );
    case "RESUME":
      return still(
        before,
        {
          // The rest of a trial is still free.
          status: moved(before, inTrial(before) && at < before.currentPeriodEnd ? "startTrial" : "resume"),
          pausedAt: null,
          resumesAt: null,
          pauseBehavior: null,
        },
        ["subscription.resumed"],
      );
    case "RETRY":
      return still(before, {}, []);
    case "CANCEL":
      return close(before, { status: moved(before, "cancel"), canceledAt: before.canceledAt ?? at }, at);
    case "EXPIRE":
      return close(before, { status: moved(before, "expire") }, at);
  }
}

function moved({ status }: Subscription, move: SubscriptionMove): Subscription["status"] {
  const next = target(subscriptionMachine, status, move);
  if (next === null) throw new Error(`the engine cannot ${move} a subscription that is ${status}`);
  return next;
}

function changed(before: Subscription, values: Partial<Subscription>): Subscription {
  const after = { ...before, ...values };
  return { ...after, nextStepAt: nextStepAt(after) };
}

function still(before: Subscription, values: Partial<Subscription>, events: readonly string[]): Taken {
  return { after: changed(before, values), bill: null, events };
}

function begin(before: Subscription, at: Date): Taken {
  const { trialEnd, currentPeriodStart, currentPeriodEnd, cyclesBilled } = before;
  if (trialEnd && trialEnd > at) {
    return still(before, { status: moved(before, "startTrial"), trialStart: before.trialStart ?? at }, [
      "subscription.updated",
    ]);
  }
  const period = { start: currentPeriodStart, end: currentPeriodEnd };
  const after = changed(before, { status: moved(before, "activate"), cyclesBilled: cyclesBilled + 1 });
  const reason = "SUBSCRIPTION_CREATE";
  return {
    after,
    bill: billOf(after, { reason, period, advance: period, arrears: null, unused: null }),
    events: ["subscription.activated"],
  };
}

/** Goes into the next period. */
function enter(before: Subscription, values: Partial<Subscription>, events: readonly string[]): Taken {
  const period = followingPeriod(before);
  const after = changed(before, {
    ...values,
    currentPeriodStart: period.start,
    currentPeriodEnd: period.end,
    currentCycleStart: null,
    currentCycleEnd: null,
    cyclesBilled: before.cyclesBilled + 1,
  });
  const reason = "SUBSCRIPTION_CYCLE";
  return {
    after,
    bill: billOf(after, {
      reason,
      period,
      advance: period,
      arrears: usedPeriod(before, period.start),
      unused: null,
    }),
    events,
  };
}

/** Ends a subscription: what was used up to then is billed, and what was billed beyond it is given back. */
function close(before: Subscription, values: Partial<Subscription>, at: Date): Taken {
  const after = changed(before, {
    ...values,
    endedAt: at,
    nextRetryAt: null,
    resumesAt: null,
    pauseAtPeriodEnd: false,
  });
  const events = [after.status === "CANCELED" ? "subscription.canceled" : "subscription.updated"];
  if (before.status === "PENDING") {
    const unbegun = before.cyclesBilled > 0;
    const period = currentPeriodOf(before);
    const back = {
      reason: "SUBSCRIPTION_CANCEL",
      period,
      advance: null,
      arrears: null,
      unused: period,
    } as const;
    return { after, bill: unbegun ? billOf(before, back) : null, events, unbegun };
  }
  const used = usedPeriod(before, at);
  // Who is canceled at once, because of what is not paid, still owes the period.
  const atOnce = before.cancelAt !== null && before.canceledAt?.getTime() === at.getTime();
  const unused = inTrial(before) || atOnce ? null : remainderOf(currentPeriodOf(before), at);
  const period = used ?? unused ?? currentPeriodOf(before);
  const reason = "SUBSCRIPTION_CANCEL";
  return { after, bill: billOf(before, { reason, period, advance: null, arrears: used, unused }), events };
}

/** What of the current period was used up to `until`; nothing in a trial. */
function usedPeriod(before: Subscription, until: Date): Period | null {
  const { currentPeriodStart: start, currentPeriodEnd } = before;
  const end = earlier(currentPeriodEnd, until);
  return inTrial(before) || start >= end ? null : { start, end };
}

function billOf(subscription: Subscription, bill: Omit<Bill, "treatment">): Bill {
  const { status, pauseBehavior } = subscription;
  return {
    ...bill,
    treatment: status === "PAUSED" ? (pauseBehavior ?? "KEEP_AS_DRAFT") : "COLLECT",
  };
}
