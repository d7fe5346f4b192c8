import type { Row } from "../../db/datamodel.ts";
import { addDays } from "../../kit/civil-time.ts";
import { later } from "../../kit/period.ts";
import { target } from "../../kit/state-machine.ts";
import { nextStepAt } from "./next-step.ts";
import type { Subscription } from "./state.ts";
import { subscriptionMachine } from "./status.ts";

/** How an environment deals with payments that fail. */
export type DunningSettings = Pick<
  Row<"BillingSettings">,
  "dunningRetryDays" | "dunningGraceDays" | "autoCancelUnpaid"
>;

export const defaultDunning: DunningSettings = {
  dunningRetryDays: [1, 3, 7],
  dunningGraceDays: 7,
  autoCancelUnpaid: false,
};

/** What came of collecting all that a subscription owes: paid in full, not yet, or never by this means of payment. */
export type Collected = "PAID" | "DECLINED" | "HARD_DECLINED";

/** A subscription after an attempt to collect, and the events that tell of it. */
export interface AfterAttempt {
  readonly after: Subscription;
  readonly events: readonly string[];
}

/**
 * What an attempt to collect at `now` makes of a subscription. The first that fails makes it PAST_DUE; each one that was
 * due as a retry uses that up, and after the last of them, or after the days of grace if they end later, it is UNPAID or
 * canceled. A hard decline is not tried again. What is paid makes it ACTIVE.
 */
export function afterAttempt(
  before: Subscription,
  collected: Collected,
  settings: DunningSettings,
  attempt: { readonly now: Date; readonly retry: boolean },
): AfterAttempt {
  const { now } = attempt;
  if (collected === "PAID") return recovered(before, now);
  const first = before.dunningSince === null;
  const status = first ? target(subscriptionMachine, before.status, "failPayment") : before.status;
  // Who pays for the first time, or not at all, is not dunned.
  if (status !== "PAST_DUE") return { after: before, events: [] };
  const since = before.dunningSince ?? now;
  const used = first ? 0 : before.dunningRetries + (attempt.retry ? 1 : 0);
  const retries = collected === "HARD_DECLINED" ? settings.dunningRetryDays.length : used;
  const failed = { ...before, status, dunningSince: since, dunningRetries: retries };
  const nextRetryAt = nextAttempt(failed, since, settings);
  const events = [first ? "subscription.past_due" : "subscription.updated"];
  if (nextRetryAt > now) return { after: stepped({ ...failed, nextRetryAt }), events };
  const gaveUp = givenUp(failed, settings, now);
  return { after: gaveUp.after, events: [...events, ...gaveUp.events] };
}

/** Whether the next RETRY of a subscription still tries; if not, it gives up. */
export function hasRetriesLeft(
  { dunningRetries }: Subscription,
  { dunningRetryDays }: DunningSettings,
): boolean {
  return dunningRetries < dunningRetryDays.length;
}

/** What giving up makes of a subscription that nobody pays for. One that is to be canceled is at once, by the same step as any other. */
export function givenUp(before: Subscription, settings: DunningSettings, now: Date): AfterAttempt {
  if (settings.autoCancelUnpaid) {
    const ending = { cancelAt: now, canceledAt: now, nextRetryAt: null };
    return { after: stepped({ ...before, ...ending }), events: ["subscription.updated"] };
  }
  const status = target(subscriptionMachine, before.status, "exhaustRetries") ?? before.status;
  return { after: stepped({ ...before, status, nextRetryAt: null }), events: ["subscription.updated"] };
}

/**
 * What having been paid at `now` makes of a subscription: it runs again, or for the first time. The time in which nobody paid
 * for it is not billed: a period that is over lasts until now, and the next one begins.
 */
export function recovered(before: Subscription, now: Date): AfterAttempt {
  const move = before.status === "PENDING" ? "activate" : "recover";
  const status = target(subscriptionMachine, before.status, move);
  if (status === null) return { after: before, events: [] };
  const after = {
    ...before,
    status,
    currentPeriodEnd:
      before.status === "UNPAID" ? later(before.currentPeriodEnd, now) : before.currentPeriodEnd,
    dunningSince: null,
    dunningRetries: 0,
    nextRetryAt: null,
  };
  return { after: stepped(after), events: ["subscription.activated"] };
}

function nextAttempt(
  { dunningRetries, timezone }: Subscription,
  since: Date,
  { dunningRetryDays, dunningGraceDays }: DunningSettings,
): Date {
  const days = dunningRetryDays.toSorted((one, other) => one - other);
  const day = days[dunningRetries];
  if (day !== undefined) return addDays(since, day, timezone);
  return addDays(since, dunningGraceDays, timezone);
}

function stepped(subscription: Subscription): Subscription {
  return { ...subscription, nextStepAt: nextStepAt(subscription) };
}
