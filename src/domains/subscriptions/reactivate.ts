import { z } from "zod";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { remainderOf } from "../../kit/period.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import type { Outcome } from "./carry-out.ts";
import { currentPeriodOf } from "./cycle.ts";
import { type Decide, operate, target } from "./operate.ts";
import { type PlannedBill, type Situation, planned } from "./plan.ts";
import { isBilled, unbilledLines } from "./prorate-items.ts";
import { subscriptionMachine } from "./status.ts";

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
  return (situation) => {
    const { now, state } = situation;
    const { status, trialEnd, cancelAt, cancelAtPeriodEnd, currentPeriodEnd } = state.subscription;
    if (status !== "CANCELED" && (cancelAt || cancelAtPeriodEnd)) return planned(situation, kept);
    const inTrial = trialEnd !== null && trialEnd > now;
    const next = requireMove(
      subscriptionMachine,
      status,
      inTrial && status === "CANCELED" ? "startTrial" : "reactivate",
      {
        noun: "The subscription",
        path: ["subscriptionId"],
      },
    );
    if (currentPeriodEnd <= now) {
      refuse("ILLEGAL_STATE", "Its last period is over: create a new subscription.", ["subscriptionId"]);
    }
    return planned(
      situation,
      {
        ...kept,
        status: next,
        endedAt: null,
        pausedAt: null,
        pauseBehavior: null,
        dunningSince: null,
        dunningRetries: 0,
      },
      { bill: billAgain(situation), events: ["subscription.updated", "subscription.activated"] },
    );
  };
}

/** What the cancellation has credited of the rest of the period is charged again. */
function billAgain(situation: Situation): PlannedBill | null {
  const { subscription } = situation.state;
  const period = remainderOf(currentPeriodOf(subscription), situation.now);
  const lines = period && isBilled(subscription) ? unbilledLines(situation, period) : [];
  if (!period || !lines.length) return null;
  return { reason: "SUBSCRIPTION_UPDATE", period, lines, discounted: false, takePending: false };
}
