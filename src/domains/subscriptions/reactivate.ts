import { z } from "zod";
import type { BillingState } from "../../db/generated/prisma/enums.ts";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { remainderOf } from "../../kit/period.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import type { Outcome } from "./carry-out.ts";
import { planExtended } from "./plan-extended.ts";
import { type Decide, operate, target } from "./operate.ts";
import { type Situation, changeBill, owedContext, planned } from "./plan.ts";
import { owesAnything } from "./recover.ts";
import { currentPeriodOf } from "./rules/billed-period.ts";
import { type StateSpan, inTrial } from "./rules/billing-state.ts";
import { settleChange } from "./settlement.ts";
import type { Subscription } from "./state.ts";
import { type SubscriptionMove, subscriptionMachine } from "./status.ts";
import { resumeTerms } from "./rules/history.ts";

export const reactivateInput = z.strictObject(target);

const kept = { cancelAtPeriodEnd: false, cancelAt: null, canceledAt: null, cancellationReason: null };

/** Takes back a cancellation: one that is to come, or one that has happened while the last period still runs. */
export function reactivateSubscription(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Outcome> {
  const input = checked(reactivateInput, sent);
  return operate(host, writer, input, decideReactivate());
}

export function decideReactivate(): Decide {
  return async (situation, transaction) => {
    const { now, state, history } = situation;
    const { subscription } = state;
    const { status, cancelAt, cancelAtPeriodEnd, currentPeriodEnd } = subscription;
    if (status !== "CANCELED" && status !== "EXPIRED" && (cancelAt || cancelAtPeriodEnd)) {
      return planExtended(situation, kept);
    }
    const before = beforeEnd(history.states);
    const allowed = requireMove(subscriptionMachine, status, moveBack(situation), {
      noun: "The subscription",
      path: ["subscriptionId"],
    });
    const next = awaitsStart(situation, before) ? "PENDING" : allowed;
    if (before === "PENDING" && subscription.cyclesBilled > 0) {
      refuse("ILLEGAL_STATE", "It was never paid for, and has not begun: create a new subscription.", [
        "subscriptionId",
      ]);
    }
    if (currentPeriodEnd <= now) {
      refuse("ILLEGAL_STATE", "Its last period is over: create a new subscription.", ["subscriptionId"]);
    }
    const values = { ...kept, endedAt: null, pausedAt: null, pauseBehavior: null };
    const terms = resumeTerms(history, state.items, { endedAt: subscription.endedAt, from: now });
    if (next === "PENDING" || next === "TRIALING") {
      return planned(situation, { ...values, status: next }, { terms: terms.rows, events: eventsOf(next) });
    }
    const owes = subscription.dunningSince !== null && (await owesAnything(transaction, subscription.id));
    const resumed = owes ? (before === "UNPAID" ? "UNPAID" : "PAST_DUE") : next;
    const dunning = owes
      ? { nextRetryAt: resumed === "PAST_DUE" ? now : null }
      : { dunningSince: null, dunningRetries: 0, nextRetryAt: null };
    const remaining = remainderOf(currentPeriodOf(subscription), now);
    const { lines, waiting, adjustments, onDrafts } = settleChange(remaining, {
      ...owedContext(situation),
      before: history.items,
      after: terms.items,
      ledger: situation.ledger,
    });
    const bill = remaining && lines.length ? changeBill(remaining, lines) : null;
    const rest = { terms: terms.rows, waiting, adjustments, onDrafts, bill };
    return planned(
      situation,
      { ...values, ...dunning, status: resumed },
      { ...rest, events: eventsOf(resumed) },
    );
  };
}

function eventsOf(status: Subscription["status"]): string[] {
  return status === "ACTIVE" || status === "TRIALING"
    ? ["subscription.updated", "subscription.activated"]
    : ["subscription.updated"];
}

/** What a subscription was when it ended. */
function beforeEnd(states: readonly StateSpan[]): BillingState | undefined {
  return states.findLast(({ state }) => state !== "ENDED")?.state;
}

/** One that was canceled in its trial goes on with it. */
function moveBack({ state: { subscription } }: Situation): SubscriptionMove {
  return subscription.status === "CANCELED" && inTrial(subscription) ? "startTrial" : "reactivate";
}

/** Whether a subscription was canceled before its start, which is yet to come: then it waits for that again. */
function awaitsStart({ state, now }: Situation, before: BillingState | undefined): boolean {
  const { startedAt, cyclesBilled } = state.subscription;
  return before === "PENDING" && cyclesBilled === 0 && startedAt > now;
}
