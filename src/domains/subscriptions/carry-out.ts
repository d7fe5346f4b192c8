import { changedValues, nextVersion } from "../../db/changes.ts";
import { type Row, quote, tableOf } from "../../db/datamodel.ts";
import { stored } from "../../db/decimals.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { readByIds } from "../../db/reads.ts";
import { insertRows, toRecords } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { createInvoices, lockLedger, postGiveBacks, sourcesOf, storedSettled } from "../invoices/index.ts";
import { draftOf } from "./billing.ts";
import { treatedAs } from "./draft-bill.ts";
import { collectAtOnce } from "./collect-at-once.ts";
import { subscriptionEvent } from "./events.ts";
import { type HeldDiscount, beforeCycle, countCycle, heldNext } from "./held-discounts.ts";
import { refuseTooMuch } from "./mixed.ts";
import type { Plan, PlannedBill, Situation } from "./plan.ts";
import { type Settled, recoverSettled } from "./recover.ts";
import { type ItemState, type Subscription, type SubscriptionState, itemRow } from "./state.ts";
import { writeTerms } from "./store/history.ts";
import { voidOpen } from "./void-open.ts";
import { newTaxRates, replaceTaxRates } from "./tax-rates.ts";
import { writeCharges } from "./usage/stored-charges.ts";
import { writeSubscriptions } from "./write-subscriptions.ts";

/** A subscription after an operation. */
export interface Outcome {
  readonly subscription: Subscription;
  readonly items: readonly ItemState[];
  /** What was billed at once; null when nothing was. */
  readonly invoice: Row<"Invoice"> | null;
  /** Whether anything is different now. */
  readonly changed: boolean;
}

/** Writes what a plan says: the subscription, its items and their terms, what waits, the invoice, and the events. When nothing would be different, nothing is written. */
export async function carryOut(transaction: Transaction, situation: Situation, plan: Plan): Promise<Outcome> {
  const { state, now, history, ledger } = situation;
  const before = state.subscription;
  const itemChanges = changesOf(state.items, plan.items);
  const taxRates = newTaxRates(state, plan);
  if (!changesAnything(before, plan, itemChanges, taxRates !== null)) {
    return { subscription: before, items: state.items, invoice: null, changed: false };
  }
  refuseTooMuch([...(plan.bill?.lines ?? []), ...plan.waiting]);
  await lockLedger(transaction, sourcesOf(ledger, [...(plan.bill?.lines ?? []), ...plan.waiting], plan));
  const subscription = nextVersion({ now }, before, plan.subscription);
  await writeItems(transaction, itemChanges, now);
  const terms = { subscriptionId: subscription.id, rows: plan.terms, written: history.written };
  await writeTerms(transaction, [terms], now);
  await insertRows(transaction, "PendingInvoiceItem", pendingRows(subscription, plan, now));
  await writeCharges(transaction, plan.charges);
  await writeSubscriptions(transaction, [{ before, after: subscription, at: now }]);
  if (taxRates) await replaceTaxRates(transaction, subscription.id, taxRates);
  const after = { ...state, subscription, items: plan.items, taxRates: taxRates ?? state.taxRates };
  if (plan.replaces) await voidOpen(transaction, [subscription.id], now);
  const invoice = plan.bill ? await makeInvoice(transaction, after, plan, now) : null;
  await createInvoices(
    transaction,
    plan.treated.map(({ behavior, ...bill }) =>
      draftOf(after, {
        ...bill,
        ...treatedAs(behavior),
        discounts: heldNext(state).filter(({ discount }) => discount.type === "PERCENTAGE"),
        takePending: false,
        now,
      }),
    ),
  );
  const reason = "What was billed is not owed any more";
  const lowered = await postGiveBacks(transaction, [plan], { reason, now });
  transaction.emit(...plan.events.map((type) => subscriptionEvent(type, after, before)));
  const { items } = plan;
  const collected = invoice
    ? await collectAtOnce(transaction, { subscription, items, invoice, first: plan.replaces, now })
    : { subscription, invoice };
  const settled = [...lowered, ...startedBy(plan, subscription, collected.invoice)];
  if (!(await recoverSettled(transaction, settled, now))) return { ...collected, items, changed: true };
  const [recovered] = await readByIds(transaction, transaction.environmentId, "BillingSubscription", [
    subscription.id,
  ]);
  return { ...collected, subscription: recovered ?? collected.subscription, items, changed: true };
}

/** What lets a subscription begin that waited for its first payment: its new invoice, or that nothing is owed. */
function startedBy(
  { replaces }: Plan,
  { id: subscriptionId }: Subscription,
  invoice: Row<"Invoice"> | null,
): Settled[] {
  if (!replaces) return [];
  return [invoice ?? { subscriptionId, status: "PAID" }];
}

function changesAnything(before: Subscription, plan: Plan, items: ItemChanges, taxRates: boolean): boolean {
  const touched = items.added.length + items.changed.length + items.removed.length + plan.terms.length;
  const { waiting, adjustments, onDrafts, treated } = plan;
  const settles = waiting.length + adjustments.length + onDrafts.length + treated.length;
  return (
    touched + settles > 0 ||
    taxRates ||
    plan.bill !== null ||
    changedValues(before, plan.subscription) !== null
  );
}

/** The discounts that a planned invoice takes off what is not settled. One that replaces another takes those that the other had. */
export function discountsOf(
  { discounts }: Pick<SubscriptionState, "discounts">,
  { discounts: which, period }: Pick<PlannedBill, "discounts" | "period">,
  replaces = false,
): readonly HeldDiscount[] {
  if (which === "NONE") return [];
  return heldNext({
    discounts: replaces ? discounts.map((one) => beforeCycle(one, period.start)) : discounts,
  });
}

/** Makes the invoice of a plan, and counts the period that it bills. */
async function makeInvoice(
  transaction: Transaction,
  state: SubscriptionState,
  { bill, replaces }: Plan,
  now: Date,
): Promise<Row<"Invoice"> | null> {
  if (!bill) return null;
  const { period, countsCycle } = bill;
  const chosen = discountsOf(state, bill, replaces);
  const [made] = await createInvoices(transaction, [draftOf(state, { ...bill, discounts: chosen, now })]);
  if (made?.created && countsCycle) {
    await countCycle(
      transaction,
      chosen.map((discount) => ({ discount, now, start: period.start })),
    );
  }
  return made?.invoice ?? null;
}

interface ItemChanges {
  readonly added: readonly ItemState[];
  readonly changed: readonly ItemState[];
  readonly removed: readonly ItemState[];
}

function changesOf(before: readonly ItemState[], after: readonly ItemState[]): ItemChanges {
  const known = new Map(before.map((item) => [item.id, item]));
  const kept = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !known.has(id)),
    changed: after.filter((item) => {
      const old = known.get(item.id);
      return old && changedValues(itemRow(old), itemRow(item));
    }),
    removed: before.filter(({ id }) => !kept.has(id)),
  };
}

const { name, columns } = tableOf("SubscriptionItem");
const assignments = Prisma.raw(
  Object.values(columns)
    .filter((column) => !["environment_id", "id", "subscription_id", "created_at"].includes(column))
    .map((column) => `${quote(column)} = n.${quote(column)}`)
    .join(", "),
);

/** Writes new and changed items; removed ones stay, because lines of invoices name them. */
async function writeItems(
  transaction: Transaction,
  { added, changed, removed }: ItemChanges,
  now: Date,
): Promise<void> {
  await insertRows(transaction, "SubscriptionItem", added.map(itemRow));
  const updated = [
    ...changed.map((item) => ({ ...itemRow(item), updatedAt: now })),
    ...removed.map((item) => ({ ...itemRow(item), updatedAt: now, removedAt: now })),
  ];
  if (!updated.length) return;
  await transaction.query(Prisma.sql`
    UPDATE ${name} t SET ${assignments}
    FROM jsonb_populate_recordset(NULL::${name}, ${toRecords("SubscriptionItem", updated)}::jsonb) n
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}

/** What a plan lets wait for the next invoice, as it is stored. */
export function pendingRows(
  { environmentId, customerId, id: subscriptionId, currency }: Subscription,
  { waiting }: Pick<Plan, "waiting">,
  now: Date,
): Row<"PendingInvoiceItem">[] {
  return waiting.map((line) => ({
    environmentId,
    id: newId(),
    customerId,
    subscriptionId,
    subscriptionItemId: line.subscriptionItemId ?? null,
    sourceLineId: line.sourceLineId ?? null,
    settled: (line.settled ? storedSettled(line.settled) : null) as Row<"PendingInvoiceItem">["settled"],
    invoiceId: null,
    kind: line.kind ?? "ADJUSTMENT",
    description: line.description,
    currency,
    quantity: stored(line.quantity),
    unitAmount: stored(line.unitAmount),
    amount: line.amount,
    periodStart: line.period?.start ?? null,
    periodEnd: line.period?.end ?? null,
    createdAt: now,
  }));
}
