import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import { total } from "../../kit/money.ts";
import type { Period } from "../../kit/period.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import { draw, pursesOf, type readPurses, type readUsedCredit } from "../credits/index.ts";
import {
  type InvoiceDraft,
  type LedgerLine,
  composeDraft,
  giveBackPrepaid,
  lineOfPending,
} from "../invoices/index.ts";
import {
  type History,
  type SubscriptionState,
  type Taken,
  type UpcomingPhase,
  afterCycle,
  continued,
  discountsOf,
  draftBill,
  draftOf,
  pendingRows,
  type previewUsage,
  usageOf,
} from "../subscriptions/index.ts";
import { posted, waitingLines } from "./projected-ledger.ts";

/** How things will stand at some time to come: what a preview goes on from. */
export interface Course {
  readonly state: SubscriptionState;
  readonly history: History;
  /** What waits for the next invoice. */
  readonly pending: readonly Row<"PendingInvoiceItem">[];
  /** The customer's balance. */
  readonly credit: bigint;
  /** The customer's wallets; what invoices take out of them is taken out here. */
  readonly purses: Awaited<ReturnType<typeof readPurses>>;
  /** What invoices had taken out of them, which can be given back; what is given back is taken off here. */
  readonly used: Awaited<ReturnType<typeof readUsedCredit>>;
  /** What was billed. */
  readonly ledger: readonly LedgerLine[];
  readonly basis: TimeBasis;
  /** Gives the lines of what meters measured. */
  readonly usageLines: ReturnType<typeof previewUsage>;
}

/** The course afterwards, and what is billed on the way; null when nobody is asked to pay. */
interface Gone {
  readonly course: Course;
  readonly bill: { readonly period: Period; readonly amount: bigint } | null;
}

/** Goes on by a step of the engine. */
export async function billStep(
  environmentId: string,
  course: Course,
  { after, bill, at }: Pick<Taken, "after" | "bill"> & { readonly at: Date },
): Promise<Gone> {
  const { state, history, ledger, basis, pending } = course;
  const gone = {
    ...course,
    state: { ...state, subscription: after },
    history: continued(history, { sold: state.items, after, at }),
  };
  if (!bill) return { course: gone, bill: null };
  const step = { state, after, bill, history, ledger, basis, now: at, waiting: pending.length > 0 };
  const usage = await course.usageLines(usageOf(step), at);
  const { drafts, adjustments } = draftBill(step, usage);
  const lowered = { ...gone, ledger: posted(ledger, adjustments) };
  const counted = drafts.flatMap(({ counts, countsFrom: start }) =>
    counts.map((held) => ({ ...held, redemption: afterCycle(held, { now: at, start }) })),
  );
  const { course: booked, amounts } = drafts.reduce<{ course: Course; amounts: bigint[] }>(
    (so, { draft, treatment }) => {
      const { course: next, amount } = bookDraft(environmentId, so.course, draft);
      return { course: next, amounts: [...so.amounts, treatment === "COLLECT" ? amount : 0n] };
    },
    { course: lowered, amounts: [] },
  );
  const asked = bill.treatment === "COLLECT" && bill.advance !== null && drafts.length > 0;
  return {
    course: withCounted(booked, counted),
    bill: asked ? { period: bill.period, amount: total(amounts) } : null,
  };
}

/** Goes on by a phase of a schedule. What the end of a schedule bills of the past is no renewal. */
export async function billPhase(
  transaction: Transaction,
  course: Course,
  phase: UpcomingPhase,
): Promise<Gone> {
  const { at: now } = phase;
  const { basis, history, ledger, pending } = course;
  const situation = {
    state: course.state,
    history,
    ledger,
    waiting: pending.length > 0,
    now,
    basis,
    locked: false,
  };
  const { state: before, plan } = await phase.plan(transaction, situation);
  const { subscription, items, terms: rows, bill } = plan;
  const state = { ...before, subscription, items };
  const sold = [...before.items, ...items];
  const waitingRows = pendingRows(subscription, plan, now);
  const next = {
    ...course,
    state,
    history: continued(history, { rows, sold, after: subscription, at: now }),
    ledger: [...posted(posted(ledger, plan.adjustments), waitingRows), ...waitingLines(waitingRows)],
    pending: [...pending, ...waitingRows],
  };
  if (!bill) return { course: next, bill: null };
  const held = discountsOf(state, bill);
  const draft = draftOf(state, { ...bill, discounts: held, now });
  const { course: booked, amount } = bookDraft(transaction.environmentId, next, draft);
  const counted = bill.countsCycle
    ? held.map((one) => ({ ...one, redemption: afterCycle(one, { now, start: bill.period.start }) }))
    : [];
  return {
    course: withCounted(booked, counted),
    bill: phase.ends ? null : { period: bill.period, amount },
  };
}

/** The course with discounts as they are after a period was counted. Those that are used up hold for the current period only. */
function withCounted(course: Course, counted: SubscriptionState["discounts"]): Course {
  const after = new Map(counted.map((held) => [held.redemption.id, held]));
  const { state } = course;
  const start = state.subscription.currentPeriodStart.getTime();
  const discounts = state.discounts
    .map((held) => after.get(held.redemption.id) ?? held)
    .filter(({ redemption }) => redemption.endedAt === null || redemption.countedFrom?.getTime() === start);
  return { ...course, state: { ...state, discounts } };
}

/** Counts an invoice as made, and as paid. */
function bookDraft(
  environmentId: string,
  course: Course,
  draft: InvoiceDraft,
): { readonly course: Course; readonly amount: bigint } {
  const { pending, credit, purses, used, ledger } = course;
  const { now } = draft;
  const taken = draft.takePending ? pending.map(lineOfPending) : [];
  giveBackPrepaid(purses, used, [...draft.lines, ...taken], now);
  const waiting = { pending, creditAvailable: credit, purses: pursesOf(purses, draft, now) };
  const { parts, balanceChange } = composeDraft(environmentId, draft, waiting);
  draw(purses, { invoiceId: parts.invoice.id, debits: parts.debits, at: now, now });
  return {
    amount: parts.invoice.total,
    course: {
      ...course,
      pending: draft.takePending ? [] : pending,
      credit: credit + balanceChange,
      ledger: posted(ledger, parts),
    },
  };
}
