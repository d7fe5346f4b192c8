import type { Period } from "../../../kit/period.ts";
import type { TimeBasis } from "../../../kit/time-share.ts";
import type { InvoiceDraft, InvoiceLineDraft } from "../../invoices/index.ts";
import { draftOf } from "../billing.ts";
import { type HeldDiscount, heldNext } from "../held-discounts.ts";
import { billedPeriodOf, currentPeriodOf } from "../rules/billed-period.ts";
import type { SubscriptionState } from "../state.ts";
import type { UsageToBill } from "./bill-usage.ts";
import { billedPeriod } from "./upcoming.ts";

/** What of a subscription is billed while its period runs; null where nothing is. */
export function earlyUsage(
  state: SubscriptionState,
  basis: TimeBasis,
): (UsageToBill & { readonly period: Period }) | null {
  const { status } = state.subscription;
  const period = status === "ACTIVE" || status === "PAST_DUE" ? billedPeriod(state.subscription) : null;
  const { whole } = billedPeriodOf(state.subscription);
  return period && { state, period, whole, basis, corrects: false };
}

/** What came late of the usage of a subscription that has ended. */
export function lateUsage(state: SubscriptionState, basis: TimeBasis): UsageToBill {
  return { state, period: null, basis, corrects: true };
}

/** The invoice of usage that came late for a subscription that has ended; null where it comes to nothing. */
export function draftLate(
  state: SubscriptionState,
  lines: readonly InvoiceLineDraft[],
  now: Date,
): InvoiceDraft | null {
  const period = currentPeriodOf(state.subscription);
  // Discounts of amounts were taken off when its time was billed.
  const discounts = byPercentage(heldNext(state));
  return lines.length
    ? draftOf(state, { reason: "SUBSCRIPTION_CANCEL", period, lines, discounts, now })
    : null;
}

/** The invoice of usage that is billed while its period runs. Amounts are taken off by the period's own invoice, percentages by each. */
export function draftEarly(
  state: SubscriptionState,
  {
    period,
    lines,
    now,
  }: { readonly period: Period; readonly lines: readonly InvoiceLineDraft[]; readonly now: Date },
): InvoiceDraft {
  return draftOf(state, {
    reason: "SUBSCRIPTION_UPDATE",
    period,
    lines,
    discounts: byPercentage(heldNext(state)),
    now,
    takePending: false,
  });
}

function byPercentage(discounts: readonly HeldDiscount[]): readonly HeldDiscount[] {
  return discounts.filter(({ discount }) => discount.type === "PERCENTAGE");
}
