import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Period } from "../../kit/period.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import { draw, pursesOf, type readPurses } from "../credits/index.ts";
import { type InvoiceDraft, composeDraft } from "../invoices/index.ts";
import {
  type Billed,
  type SubscriptionState,
  type Taken,
  type UpcomingPhase,
  afterCycle,
  draftBill,
  draftOf,
  pendingRows,
  type previewUsage,
  usageOf,
} from "../subscriptions/index.ts";

/** How things will stand at some time to come: what a preview goes on from. */
export interface Course {
  readonly state: SubscriptionState;
  /** What waits for the next invoice. */
  readonly pending: readonly Row<"PendingInvoiceItem">[];
  /** The customer's balance. */
  readonly credit: bigint;
  /** The customer's wallets; what invoices take out of them is taken out here. */
  readonly purses: Awaited<ReturnType<typeof readPurses>>;
  /** What was billed for the time to come. */
  readonly billed: Billed;
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
  const next = { ...course, state: { ...course.state, subscription: after } };
  if (!bill) return { course: next, bill: null };
  const { basis, pending } = course;
  const usage = await course.usageLines(usageOf(next.state, bill, basis), at);
  const draft = draftBill(next.state, bill, { now: at, basis, waiting: pending.length > 0, usage });
  if (!draft) return { course: next, bill: null };
  const { course: billed, amount } = bookDraft(environmentId, next, draft, { discounted: true });
  const asked = bill.treatment === "COLLECT" && bill.advance !== null;
  return { course: billed, bill: asked ? { period: bill.period, amount } : null };
}

/** Goes on by a phase of a schedule. What the end of a schedule bills of the past is no renewal. */
export async function billPhase(
  transaction: Transaction,
  course: Course,
  phase: UpcomingPhase,
): Promise<Gone> {
  const { at: now } = phase;
  const { basis } = course;
  const { lines, waiting } = course.billed;
  const coming = lines.filter(({ period }) => period.end > now);
  const billed = { lines: coming, waiting: waiting || course.pending.length > 0 };
  const situation = { state: course.state, billed, now, basis, locked: false };
  const { state: before, plan } = await phase.plan(transaction, situation);
  const state = { ...before, subscription: plan.subscription, items: plan.items };
  const waitingRows = pendingRows(plan.subscription, plan, now);
  const next = {
    ...course,
    state,
    billed: { ...billed, lines: [...coming, ...linesOf(waitingRows)] },
    pending: [...course.pending, ...waitingRows],
  };
  if (!plan.bill) return { course: next, bill: null };
  const draft = draftOf(state, { ...plan.bill, now });
  const { course: after, amount } = bookDraft(transaction.environmentId, next, draft, plan.bill);
  return { course: after, bill: phase.ends ? null : { period: plan.bill.period, amount } };
}

/** Counts an invoice as made. What waited for it was counted as billed before, and stands behind its own lines. */
function bookDraft(
  environmentId: string,
  course: Course,
  draft: InvoiceDraft,
  { discounted }: { readonly discounted: boolean },
): { readonly course: Course; readonly amount: bigint } {
  const { pending, credit, purses, state, billed } = course;
  const { now } = draft;
  const waiting = { pending, creditAvailable: credit, purses: pursesOf(purses, draft, now) };
  const composed = composeDraft(environmentId, draft, waiting);
  const { invoice, lines, debits } = composed.parts;
  draw(purses, { invoiceId: invoice.id, debits, at: now, now });
  const discounts = state.discounts
    .map((held) => ({ ...held, redemption: afterCycle(held, now) }))
    .filter(({ redemption }) => redemption.endedAt === null);
  return {
    amount: invoice.total,
    course: {
      ...course,
      state: discounted ? { ...state, discounts } : state,
      pending: draft.takePending ? [] : pending,
      credit: credit + composed.balanceChange,
      billed: { ...billed, lines: [...billed.lines, ...linesOf(lines.slice(0, draft.lines.length))] },
    },
  };
}

interface Line {
  readonly subscriptionItemId: string | null;
  readonly amount: bigint;
  readonly discount?: bigint;
  readonly periodStart: Date | null;
  readonly periodEnd: Date | null;
}

function linesOf(lines: readonly Line[]): Billed["lines"] {
  return lines.flatMap(({ subscriptionItemId: itemId, amount, discount = 0n, periodStart, periodEnd }) =>
    itemId && periodStart && periodEnd
      ? [{ itemId, amount, discount, credited: 0n, period: { start: periodStart, end: periodEnd } }]
      : [],
  );
}
