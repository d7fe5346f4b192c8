import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Period } from "../../kit/period.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import type { AdvanceTo, InvoiceDraft, InvoiceLineDraft } from "../invoices/index.ts";
import { draftOf } from "./billing.ts";
import { cycleOf, wholeOf } from "./cycle.ts";
import { type RatingOptions, rateItems } from "./rating.ts";
import type { SubscriptionState } from "./state.ts";
import type { Bill } from "./take-step.ts";
import type { UsageToBill } from "./usage/bill-usage.ts";

/** How far the invoice of a paused subscription goes. */
const advanceTo: Readonly<Record<Bill["treatment"], AdvanceTo>> = {
  COLLECT: "SENT",
  KEEP_AS_DRAFT: "SENT",
  VOID: "VOID",
  MARK_UNCOLLECTIBLE: "UNCOLLECTIBLE",
};

export interface DraftOptions {
  /** The instant that the invoice counts as. */
  readonly now: Date;
  readonly basis: TimeBasis;
  /** Whether something waits for the next invoice of the subscription. */
  readonly waiting: boolean;
  /** The lines of what meters measured. */
  readonly usage: readonly InvoiceLineDraft[];
}

/**
 * The invoice of a bill; null when there is nothing to bill. `state` is as it is after the step. The engine and its
 * previews draft every invoice here.
 */
export function draftBill(
  state: SubscriptionState,
  { reason, advance, arrears, treatment, period }: Bill,
  { now, basis, waiting, usage }: DraftOptions,
): InvoiceDraft | null {
  const { subscription, items } = state;
  const cycle = cycleOf(subscription);
  const rate = (part: Period | null, options: Pick<RatingOptions, "timing" | "first">) =>
    part ? rateItems(items, part, { ...options, basis, whole: wholeOf(cycle, part) }) : [];
  const lines = [
    ...rate(advance, { timing: "IN_ADVANCE", first: subscription.cyclesBilled === 1 }),
    ...rate(arrears, { timing: "IN_ARREARS" }),
    ...usage,
  ];
  const takePending = treatment === "COLLECT";
  if (!lines.length && !(takePending && waiting)) return null;
  return draftOf(state, {
    reason,
    period,
    lines,
    now,
    takePending,
    keepAsDraft: treatment === "KEEP_AS_DRAFT",
    advanceTo: advanceTo[treatment],
  });
}

/** What of a subscription's usage goes on the invoice of a bill. Invoices that nobody is asked to pay correct nothing. */
export function usageOf(
  state: SubscriptionState,
  { arrears, treatment }: Bill,
  basis: TimeBasis,
): UsageToBill {
  return { state, period: arrears, basis, corrects: treatment === "COLLECT" };
}

/** Those of these subscriptions for whose next invoice something waits. One statement. */
export async function findWaiting(
  { environmentId, query }: Pick<Transaction, "environmentId" | "query">,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT s.id FROM subscriptions s
    WHERE s.environment_id = ${environmentId}::uuid AND s.id = ANY(${ids}::uuid[]) AND EXISTS (
      SELECT FROM pending_invoice_items p
      WHERE p.environment_id = s.environment_id AND p.customer_id = s.customer_id AND p.currency = s.currency
        AND p.invoice_id IS NULL AND (p.subscription_id IS NULL OR p.subscription_id = s.id)
    )`);
  return new Set(rows.map(({ id }) => id));
}
