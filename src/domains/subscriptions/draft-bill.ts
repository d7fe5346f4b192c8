import type { TimeBasis } from "../../kit/time-share.ts";
import type { AdvanceTo, InvoiceDraft, InvoiceLineDraft, LedgerLine } from "../invoices/index.ts";
import { type Billing, draftOf } from "./billing.ts";
import { type HeldDiscount, heldNext, heldNow } from "./held-discounts.ts";
import { billedPeriodOf } from "./rules/billed-period.ts";
import { countsUsage, timeIn } from "./rules/billing-state.ts";
import { chargeInAdvance } from "./rules/first-charge.ts";
import { type Settled, nothingSettled, settleEnd } from "./settlement.ts";
import type { Subscription, SubscriptionState } from "./state.ts";
import { type History, type TermsChange, endTerms } from "./rules/history.ts";
import type { Bill, Treatment } from "./take-step.ts";
import type { BilledUsage, UsageToBill } from "./usage/bill-usage.ts";
import { freeTime, linesOfUse, usedParts } from "./used-time.ts";

/** How an invoice is made that is treated so. */
export function treatedAs(treatment: Treatment): Pick<Billing, "keepAsDraft" | "advanceTo"> {
  return { keepAsDraft: treatment === "KEEP_AS_DRAFT", advanceTo: advanceTo[treatment] };
}

/** How far an invoice goes. */
const advanceTo: Readonly<Record<Treatment, AdvanceTo>> = {
  COLLECT: "SENT",
  KEEP_AS_DRAFT: "SENT",
  VOID: "VOID",
  MARK_UNCOLLECTIBLE: "UNCOLLECTIBLE",
};

/** A step that bills, and all that its invoices are made from. */
export interface StepToBill {
  /** The subscription before the step, and after it. */
  readonly state: SubscriptionState;
  readonly after: Subscription;
  readonly bill: Bill;
  readonly history: History;
  readonly ledger: readonly LedgerLine[];
  readonly basis: TimeBasis;
  /** The instant that the invoices count as. */
  readonly now: Date;
  /** Whether something waits for the next invoice of the subscription. */
  readonly waiting: boolean;
}

/** An invoice of a step. */
export interface StepDraft {
  readonly draft: InvoiceDraft;
  readonly treatment: Treatment;
  /** The discounts of which it uses up a period, which starts then. */
  readonly counts: readonly HeldDiscount[];
  readonly countsFrom: Date;
}

/** What a step bills: its invoices, and what is given back without one. */
export interface StepBill extends Pick<Settled, "adjustments" | "onDrafts"> {
  /** The terms that are written: what is not owed any more ends. */
  readonly terms: TermsChange["rows"];
  readonly drafts: readonly StepDraft[];
}

/** What of a subscription's usage goes on the invoices of a step. */
export function usageOf({ state, bill, history, basis }: Omit<StepToBill, "now">): UsageToBill {
  const { arrears } = bill;
  const { whole } = billedPeriodOf(state.subscription);
  const parts = usedParts(history, arrears);
  // Invoices that nobody is asked to pay correct nothing.
  const collects = arrears !== null && timeIn(history.states, arrears, countsUsage).length > 0;
  const corrects = bill.treatment === "COLLECT" || collects;
  return { state, period: arrears, parts, free: freeTime(history), whole, basis, corrects };
}

/**
 * The invoices of a step: what begins and what was used. The engine and its previews draft every invoice here. What was used while the
 * subscription was paused is treated as the pause said, and all else is collected.
 */
export function draftBill(step: StepToBill, usage: BilledUsage): StepBill {
  const { state, after, bill, history, ledger, basis, waiting } = step;
  const billed = billedPeriodOf(state.subscription);
  const settled = bill.unused
    ? settleEnd(bill.unused, { billed, basis, discounts: heldNow(state), before: history.items, ledger })
    : nothingSettled;
  const advance = bill.advance
    ? chargeInAdvance(history.items, bill.advance, {
        billed: billedPeriodOf(after),
        basis,
        discounts: heldNext(state),
      })
    : [];
  const used = linesOfUse(bill.arrears, { billed, basis, history, ledger, usage: usage.lines });
  const advanceOf = (treatment: Treatment) => (bill.treatment === treatment ? advance : []);
  const lines = new Map<Treatment, readonly InvoiceLineDraft[]>([
    ["COLLECT", [...advanceOf("COLLECT"), ...used.collected, ...settled.waiting, ...settled.lines]],
    ...used.paused.map((one) => [one.behavior, [...advanceOf(one.behavior), ...one.lines]] as const),
  ]);
  if (!lines.has(bill.treatment)) lines.set(bill.treatment, advance);
  // What waits goes on with a pause, and not beyond the end.
  const takesWaiting = (bill.treatment === "COLLECT" || bill.advance === null) && waiting;
  const wanted = [...lines].filter(
    ([treatment, own]) => own.length > 0 || (treatment === "COLLECT" && takesWaiting),
  );
  return {
    terms: bill.unused ? endTerms(history, bill.unused.start).rows : [],
    adjustments: [...settled.adjustments, ...usage.adjustments],
    onDrafts: [...settled.onDrafts, ...usage.onDrafts],
    drafts: wanted.map(([treatment, own], index) =>
      stepDraft(step, { treatment, lines: own, first: index === 0 }),
    ),
  };
}

function stepDraft(
  { state, after, bill, now }: StepToBill,
  {
    treatment,
    lines,
    first,
  }: { readonly treatment: Treatment; readonly lines: readonly InvoiceLineDraft[]; readonly first: boolean },
): StepDraft {
  const isOwn = treatment === bill.treatment;
  // A period is billed once; what else a step bills is of no period.
  const reason = isOwn || bill.advance === null ? bill.reason : "SUBSCRIPTION_UPDATE";
  const period = isOwn || !bill.arrears ? bill.period : bill.arrears;
  const held = heldNext(state);
  // A fixed amount is taken off once.
  const discounts = first ? held : held.filter(({ discount }) => discount.type === "PERCENTAGE");
  const billed = treatment === "COLLECT" || treatment === "KEEP_AS_DRAFT";
  const counts = bill.advance && first && billed ? discounts : [];
  const billing: Billing = {
    reason,
    period,
    lines,
    now,
    discounts,
    countsCycle: counts.length > 0,
    takePending: treatment === "COLLECT",
    ...treatedAs(treatment),
  };
  return {
    draft: draftOf({ ...state, subscription: after }, billing),
    treatment,
    counts,
    countsFrom: bill.period.start,
  };
}
