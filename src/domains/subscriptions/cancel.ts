import { z } from "zod";
import type { Transaction, TransactionHost, Writer } from "../../db/transaction.ts";
import { type Period, overlap, remainderOf } from "../../kit/period.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import type { Outcome } from "./carry-out.ts";
import type { InvoiceLineDraft } from "../invoices/index.ts";
import { instant, reason } from "./fields.ts";
import { refuseScheduled } from "./schedules/live.ts";
import { type Decide, operate, operateWithin, target } from "./operate.ts";
import { type Plan, type PlannedBill, type Situation, owedContext, planned } from "./plan.ts";
import { planExtended } from "./plan-extended.ts";
import { waitsForPayment } from "./plan-replacement.ts";
import { currentPeriodOf } from "./rules/billed-period.ts";
import { inTrial } from "./rules/billing-state.ts";
import { type Settled, nothingSettled, settleEnd } from "./settlement.ts";
import type { Reading, Subscription } from "./state.ts";
import { subscriptionMachine } from "./status.ts";
import { endTerms } from "./rules/history.ts";
import { usageUntilNow } from "./usage/until-now.ts";
import { linesOfUse, treatedBills } from "./used-time.ts";

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
    return planExtended(situation, {
      cancelAtPeriodEnd: input.mode === "PERIOD_END",
      cancelAt,
      canceledAt: now,
      cancellationReason,
    });
  };
}

/**
 * Ends a subscription now. What was used in arrears is billed, what waits goes on the same invoice, and with `prorate` the
 * unused time is given back. One that has not begun owes nothing.
 */
export async function planCancelNow(
  transaction: Reading,
  situation: Situation,
  cancellationReason: string | null,
  prorate: boolean,
): Promise<Plan> {
  const { state, history, now, ledger, waiting } = situation;
  const { subscription } = state;
  const ended = {
    status: "CANCELED",
    canceledAt: now,
    endedAt: now,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    cancellationReason,
    pauseAtPeriodEnd: false,
    resumesAt: null,
    nextRetryAt: null,
  } as const;
  const events = ["subscription.canceled"];
  if (subscription.status === "PENDING") {
    const paid = waitsForPayment(subscription) ? settleUnbegun(situation) : nothingSettled;
    const bill = paid.lines.length ? finalBill(currentPeriodOf(subscription), paid.lines) : null;
    return planned(situation, ended, { ...paid, bill, replaces: waitsForPayment(subscription), events });
  }
  const current = currentPeriodOf(subscription);
  const remaining = remainderOf(current, now);
  const used = inTrial(subscription) ? null : overlap(current, { start: current.start, end: now });
  const terms = prorate ? endTerms(history, now) : null;
  const settled = terms
    ? settleEnd(remaining, { ...owedContext(situation), before: history.items, ledger })
    : nothingSettled;
  const usage = await usageUntilNow(transaction, situation, used);
  const { collected, paused } = linesOfUse(used, {
    ...owedContext(situation),
    history,
    ledger,
    usage: usage.lines,
  });
  const lines = [...collected, ...settled.waiting, ...settled.lines];
  return planned(situation, ended, {
    terms: terms?.rows ?? [],
    bill: lines.length || waiting ? finalBill(used ?? remaining ?? current, lines) : null,
    treated: treatedBills("SUBSCRIPTION_CANCEL", used ?? current, paused),
    adjustments: [...settled.adjustments, ...usage.adjustments],
    onDrafts: [...settled.onDrafts, ...usage.onDrafts],
    charges: usage.charges,
    events,
  });
}

function finalBill(period: Period, lines: readonly InvoiceLineDraft[]): PlannedBill {
  return {
    reason: "SUBSCRIPTION_CANCEL",
    period,
    lines,
    // As on the invoice of the next period, which would have billed what was used.
    discounts: "NEXT",
    countsCycle: false,
    takePending: true,
  };
}

/** Gives back what was paid of the first invoice of a subscription that has not begun. */
function settleUnbegun(situation: Situation): Settled {
  const { state, history, ledger } = situation;
  return settleEnd(currentPeriodOf(state.subscription), {
    ...owedContext(situation),
    before: history.items,
    ledger: ledger.filter(({ invoice }) => invoice?.status === "PARTIALLY_PAID"),
  });
}
