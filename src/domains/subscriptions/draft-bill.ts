import type { Period } from "../../kit/period.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import type { AdvanceTo, InvoiceDraft, InvoiceLineDraft, LedgerLine } from "../invoices/index.ts";
import { type Billing, draftOf } from "./billing.ts";
import { type HeldDiscount, heldNext, heldNow } from "./held-discounts.ts";
import { type BilledPeriod, billedPeriodOf } from "./rules/billed-period.ts";
import { type StateOfTime, countsUsage, timeIn } from "./rules/billing-state.ts";
import { chargeInAdvance } from "./rules/first-charge.ts";
import { owedInArrears } from "./rules/owed.ts";
import { type Settled, nothingSettled, settleEnd } from "./settlement.ts";
import type { Subscription, SubscriptionState } from "./state.ts";
import type { History } from "./store/history.ts";
import type { Bill, Treatment } from "./take-step.ts";
import type { BilledUsage, UsageToBill } from "./usage/bill-usage.ts";

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
  readonly drafts: readonly StepDraft[];
}

/** What of a subscription's usage goes on the invoices of a step. */
export function usageOf({ state, bill, history, basis }: Omit<StepToBill, "now">): UsageToBill {
  const { arrears } = bill;
  const { whole } = billedPeriodOf(state.subscription);
  const parts = arrears ? timeIn(history.states, arrears, countsUsage) : [];
  const paused = arrears ? pausedParts(history, arrears).flatMap((one) => one.parts) : [];
  // Invoices that nobody is asked to pay correct nothing.
  const corrects = bill.treatment === "COLLECT" || parts.length > 0;
  const inOrder = [...parts, ...paused].toSorted((one, other) => +one.start - +other.start);
  return { state, period: arrears, parts: inOrder, whole, basis, corrects };
}

/**
 * The invoices of a step: what begins and what was used. The engine and its previews draft every invoice here. What was used while the
 * subscription was paused is treated as the pause said, and all else is collected.
 */
export function draftBill(step: StepToBill, usage: BilledUsage): StepBill {
  const { state, after, bill, history, ledger, basis, waiting } = step;
  const before = billedPeriodOf(state.subscription);
  const settled = bill.unused
    ? settleEnd(bill.unused, {
        billed: before,
        basis,
        discounts: heldNow(state),
        before: history.items,
        ledger,
      })
    : nothingSettled;
  const next = heldNext(state);
  const advance = bill.advance
    ? chargeInAdvance(history.items, bill.advance, { billed: billedPeriodOf(after), basis, discounts: next })
    : [];
  const used = arrearsBy(step, before, isActive);
  const active = splitUsage(usage.lines, history, bill.arrears);
  const pauses = bill.arrears ? pausedParts(history, bill.arrears) : [];
  const collected: InvoiceLineDraft[] = [
    ...(bill.treatment === "COLLECT" ? advance : []),
    ...used,
    ...active.collected,
    ...settled.waiting,
    ...settled.lines,
  ];
  const treated = pauses.map(({ behavior }) => ({
    treatment: behavior as Treatment,
    lines: [
      ...(bill.treatment === behavior ? advance : []),
      ...arrearsBy(step, before, (one) => one.state === "PAUSED" && one.pauseBehavior === behavior),
      ...active.paused(behavior),
    ],
  }));
  const own = { treatment: bill.treatment, lines: [...advance] };
  const alone =
    bill.treatment !== "COLLECT" && !treated.some(({ treatment }) => treatment === bill.treatment);
  const all = [
    { treatment: "COLLECT" as Treatment, lines: collected },
    ...treated,
    ...(alone ? [own] : []),
  ].filter(
    ({ treatment, lines }) =>
      lines.length > 0 || (treatment === "COLLECT" && bill.treatment === "COLLECT" && waiting),
  );
  return {
    adjustments: [...settled.adjustments, ...usage.adjustments],
    onDrafts: [...settled.onDrafts, ...usage.onDrafts],
    drafts: all.map(({ treatment, lines }, index) =>
      stepDraft(step, { treatment, lines, first: index === 0 }),
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
  const held = bill.advance ? heldNext(state) : heldNow(state);
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
    keepAsDraft: treatment === "KEEP_AS_DRAFT",
    advanceTo: advanceTo[treatment],
  };
  return {
    draft: draftOf({ ...state, subscription: after }, billing),
    treatment,
    counts,
    countsFrom: bill.period.start,
  };
}

function isActive({ state }: StateOfTime): boolean {
  return state === "ACTIVE";
}

function arrearsBy(
  { bill, history, ledger, basis }: StepToBill,
  billed: BilledPeriod,
  condition: (state: StateOfTime) => boolean,
): InvoiceLineDraft[] {
  if (!bill.arrears) return [];
  return owedInArrears(history.items, bill.arrears, {
    billed,
    basis,
    states: history.states,
    condition,
    ledger,
  });
}

type PauseBehavior = Exclude<Treatment, "COLLECT">;

/** The parts of a period in which a subscription was paused, by what becomes of their invoices. */
function pausedParts(
  { states }: History,
  period: Period,
): { readonly behavior: PauseBehavior; readonly parts: readonly Period[] }[] {
  const behaviors = ["KEEP_AS_DRAFT", "VOID", "MARK_UNCOLLECTIBLE"] as const;
  return behaviors
    .map((behavior) => ({
      behavior,
      parts: timeIn(states, period, (one) => one.state === "PAUSED" && one.pauseBehavior === behavior),
    }))
    .filter(({ parts }) => parts.length > 0);
}

/** Lines of usage by what becomes of them: those of time that was paused, and all others. */
function splitUsage(
  lines: readonly InvoiceLineDraft[],
  history: History,
  period: Period | null,
): {
  readonly collected: readonly InvoiceLineDraft[];
  readonly paused: (behavior: PauseBehavior) => readonly InvoiceLineDraft[];
} {
  const pauses = period ? pausedParts(history, period) : [];
  const isIn = (line: InvoiceLineDraft, parts: readonly Period[]) =>
    parts.some(({ start, end }) => line.period && line.period.start >= start && line.period.start < end);
  return {
    collected: lines.filter((line) => !pauses.some(({ parts }) => isIn(line, parts))),
    paused: (behavior) =>
      lines.filter((line) => isIn(line, pauses.find((one) => one.behavior === behavior)?.parts ?? [])),
  };
}
