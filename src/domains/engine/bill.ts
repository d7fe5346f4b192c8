import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import { createInvoices, lockLedger, postGiveBacks, readLedger, sourcesOf } from "../invoices/index.ts";
import {
  type History,
  type Step,
  type StepToBill,
  type Subscription,
  type SubscriptionState,
  type Taken,
  type Treatment,
  billUsage,
  countCycle,
  draftBill,
  findWaiting,
  noUsage,
  readHistories,
  usageOf,
  voidOpen,
  writeCharges,
  writeTerms,
} from "../subscriptions/index.ts";
import type { EngineSettings } from "./settings.ts";

/** A subscription with the step that is due, and what it makes of it. */
export interface Stepping {
  readonly before: Subscription;
  readonly step: Step;
  readonly taken: Taken;
}

/** A step with the invoices that it has made that are to be collected. */
export interface Billed extends Stepping {
  readonly invoices: readonly Row<"Invoice">[];
}

/** What steps are taken with. */
export interface StepContext {
  readonly settings: EngineSettings;
  /** The subscriptions before their steps, with all that decides about their invoices, by id. */
  readonly states: ReadonlyMap<string, SubscriptionState>;
  readonly now: Date;
}

type Billing = StepToBill & { readonly id: string; readonly paidUpTo: Date };

/** Makes the invoices of steps, all at once, and gives back what is not owed any more. A period that was billed before keeps its invoice. */
export async function billSteps(
  transaction: Transaction,
  steppings: readonly Stepping[],
  context: StepContext,
): Promise<Billed[]> {
  const { now } = context;
  const billing = await toBill(transaction, steppings, context);
  const usage = await billUsage(transaction, billing.map(usageOf), { now, lock: true });
  const bills = billing.map((one) => ({ one, bill: draftBill(one, usage.get(one.id) ?? noUsage) }));
  const sources = bills.flatMap(({ one, bill }) =>
    sourcesOf(
      one.ledger,
      bill.drafts.flatMap(({ draft }) => draft.lines),
      bill,
    ),
  );
  await lockLedger(transaction, sources);
  await writeCharges(transaction, {
    added: [...usage.values()].flatMap(({ charges }) => charges.added),
    changed: [...usage.values()].flatMap(({ charges }) => charges.changed),
  });
  const terms = bills.map(({ one, bill }) => ({
    subscriptionId: one.id,
    rows: bill.terms,
    written: one.history.written,
  }));
  await writeTerms(transaction, terms, now);
  const unbegun = steppings.filter(({ taken }) => taken.unbegun).map(({ before }) => before.id);
  await voidOpen(transaction, unbegun, now);
  const drafted = bills.flatMap(({ one, bill }) =>
    bill.drafts.map((each) => ({ ...each, id: one.id, draft: { ...each.draft, paidUpTo: one.paidUpTo } })),
  );
  const created = await createInvoices(
    transaction,
    drafted.map(({ draft }) => draft),
  );
  await countCycle(
    transaction,
    drafted.flatMap(({ counts, countsFrom: start }, index) =>
      created[index]?.created ? counts.map((discount) => ({ discount, now, start })) : [],
    ),
  );
  const posted = bills.map(({ bill }) => bill);
  await postGiveBacks(transaction, posted, { reason: "The subscription has ended", now });
  const made = drafted.flatMap(({ id, treatment }, index) => {
    const invoice = created[index]?.invoice;
    return invoice ? [{ id, treatment, invoice }] : [];
  });
  return steppings.map((stepping) => ({ ...stepping, invoices: toCollect(stepping, made) }));
}

/** Reads what the invoices of steps are made from. Six statements, however many. */
async function toBill(
  transaction: Transaction,
  steppings: readonly Stepping[],
  { settings, states, now }: StepContext,
): Promise<Billing[]> {
  const billed = steppings.filter(({ taken }) => taken.bill).map(({ before }) => before);
  if (!billed.length) return [];
  const waiting = await findWaiting(
    transaction,
    billed.map(({ id }) => id),
  );
  const histories = await readHistories(transaction, billed);
  const lines = await readLedger(transaction, {
    subscriptions: billed.map(({ id, currentPeriodStart: from }) => ({ id, from })),
  });
  const ledger = Map.groupBy(lines, ({ subscriptionId }) => subscriptionId);
  return steppings.flatMap(({ before: { id, timezone }, step, taken: { after, bill, unbegun } }) => {
    const state = states.get(id);
    const history: History | undefined = histories.get(id);
    if (!bill || !state || !history) return [];
    const basis = basisOf(settings, timezone);
    const common = { id, state, after, bill, history, basis, now, paidUpTo: step.at };
    const own = ledger.get(id) ?? [];
    // Of what has not begun, open invoices become void: only what was paid in part is given back.
    const back = own.filter(({ invoice }) => !unbegun || invoice?.status === "PARTIALLY_PAID");
    return [{ ...common, ledger: back, waiting: waiting.has(id) }];
  });
}

function toCollect(
  { before }: Stepping,
  made: readonly {
    readonly id: string;
    readonly treatment: Treatment;
    readonly invoice: Row<"Invoice">;
  }[],
): Row<"Invoice">[] {
  return made.flatMap(({ id, treatment, invoice }) =>
    id === before.id && treatment === "COLLECT" ? [invoice] : [],
  );
}

/** What parts of periods are counted in. */
export function basisOf({ prorateByDay }: Pick<EngineSettings, "prorateByDay">, zone: string): TimeBasis {
  return prorateByDay ? { unit: "DAY", zone } : { unit: "SECOND" };
}
