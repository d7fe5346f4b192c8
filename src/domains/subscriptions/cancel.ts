import { z } from "zod";
import type { Transaction, TransactionHost, Writer } from "../../db/transaction.ts";
import { periodAt } from "../../kit/billing-cycle.ts";
import { type Period, overlap, remainderOf } from "../../kit/period.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import type { Outcome } from "./carry-out.ts";
import { currentPeriodOf, cycleOf } from "./cycle.ts";
import { instant, reason } from "./fields.ts";
import { refuseScheduled } from "./schedules/live.ts";
import { type Decide, operate, operateWithin, target } from "./operate.ts";
import { type Plan, type Situation, planned } from "./plan.ts";
import { creditFor, isBilled } from "./prorate-items.ts";
import { rateItems } from "./rating.ts";
import type { Reading, Subscription } from "./state.ts";
import { subscriptionMachine } from "./status.ts";
import { usageUntilNow } from "./usage/until-now.ts";

export const cancelInput = z.strictObject({
  ...target,
  mode: z.enum(["NOW", "PERIOD_END", "AT_DATE"]),
  cancelAt: instant.nullish(),
  reason,
  prorate: z.boolean().nullish(),
});

const named = { noun: "The subscription", path: ["subscriptionId"] };

/** Cancels a subscription now, when its period ends, or at a date. */
export function cancelSubscription(host: TransactionHost, writer: Writer, sent: unknown): Promise<Outcome> {
  const input = checked(cancelInput, sent);
  return operate(host, writer, input, decideCancel(input));
}

/**
 * Cancels a subscription now within a transaction that is open, without crediting unused time. One that has ended stays as it
 * is; one that a schedule drives is refused.
 */
export async function cancelAtOnce(
  transaction: Transaction,
  subscriptionId: string,
  why: string,
): Promise<Subscription> {
  const { subscription } = await operateWithin(transaction, { subscriptionId }, async (situation) => {
    const { status, id } = situation.state.subscription;
    if (status === "CANCELED" || status === "EXPIRED") return planned(situation, {});
    await refuseScheduled(transaction, id);
    return planCancelNow(transaction, situation, why, false);
  });
  return subscription;
}

export function decideCancel(input: z.infer<typeof cancelInput>): Decide {
  return async (situation, transaction) => {
    const { now, state } = situation;
    const { subscription } = state;
    requireMove(subscriptionMachine, subscription.status, "cancel", named);
    await refuseScheduled(transaction, subscription.id);
    const cancelAt = input.cancelAt ?? null;
    if ((input.mode === "AT_DATE") !== (cancelAt !== null)) {
      refuse("INVALID", "cancelAt goes with AT_DATE, and AT_DATE with it.", ["cancelAt"]);
    }
    if (cancelAt && cancelAt <= now) refuse("INVALID", "cancelAt is in the future.", ["cancelAt"]);
    if (input.prorate && input.mode !== "NOW") {
      refuse("INVALID", "Only a cancellation NOW leaves time unused.", ["prorate"]);
    }
    const cancellationReason = input.reason ?? null;
    if (input.mode === "NOW") {
      return planCancelNow(transaction, situation, cancellationReason, input.prorate ?? false);
    }
    return planned(situation, {
      cancelAtPeriodEnd: input.mode === "PERIOD_END",
      cancelAt,
      canceledAt: now,
      cancellationReason,
    });
  };
}

/**
 * Ends a subscription now. What was used in arrears is billed, what waits goes on the same invoice, and with `prorate` the
 * unused time is credited.
 */
export async function planCancelNow(
  transaction: Reading,
  situation: Situation,
  cancellationReason: string | null,
  prorate: boolean,
): Promise<Plan> {
  const { state, now, billed, basis } = situation;
  const { subscription, items } = state;
  const current = currentPeriodOf(subscription);
  const remaining = remainderOf(current, now);
  const used = isBilled(subscription) ? overlap(current, { start: current.start, end: now }) : null;
  const credits =
    prorate && remaining && isBilled(subscription)
      ? items.flatMap((item) => creditFor(situation, item, remaining, "IMMEDIATE"))
      : [];
  const arrears = used
    ? rateItems(items, used, {
        timing: "IN_ARREARS",
        whole: periodAt(cycleOf(subscription), used.start),
        basis,
      })
    : [];
  const usage = await usageUntilNow(transaction, situation, used);
  const lines = [...arrears, ...usage.lines, ...credits];
  const period: Period = used ?? remaining ?? current;
  const bill =
    lines.length || billed.waiting
      ? {
          reason: "SUBSCRIPTION_CANCEL" as const,
          period,
          lines,
          discounted: arrears.length + usage.lines.length > 0 && !credits.length,
          takePending: true,
        }
      : null;
  return planned(
    situation,
    {
      status: "CANCELED",
      canceledAt: now,
      endedAt: now,
      cancelAt: null,
      cancelAtPeriodEnd: false,
      cancellationReason,
      pauseAtPeriodEnd: false,
      resumesAt: null,
      nextRetryAt: null,
    },
    { bill, charges: usage.charges, events: ["subscription.canceled"] },
  );
}
