import { changedValues, nextVersion } from "../../db/changes.ts";
import { type Row, quote, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { insertRows, toRecords } from "../../db/writes.ts";
import { decimal } from "../../kit/decimal.ts";
import { newId } from "../../kit/ids.ts";
import { createInvoices } from "../invoices/index.ts";
import { draftOf } from "./billing.ts";
import { collectAtOnce } from "./collect-at-once.ts";
import { subscriptionEvent } from "./events.ts";
import { countCycle } from "./held-discounts.ts";
import { refuseTooMuch } from "./mixed.ts";
import type { Plan, Situation } from "./plan.ts";
import { type ItemState, type Subscription, itemRow } from "./state.ts";
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

/** Writes what a plan says: the subscription, its items, what waits, the invoice, and the events. When nothing would be different, nothing is written. */
export async function carryOut(transaction: Transaction, situation: Situation, plan: Plan): Promise<Outcome> {
  const { state, now } = situation;
  const before = state.subscription;
  const itemChanges = changesOf(state.items, plan.items);
  const taxRates = newTaxRates(state, plan);
  const touched =
    itemChanges.added.length + itemChanges.changed.length + itemChanges.removed.length > 0 ||
    taxRates !== null;
  if (!touched && !plan.bill && !plan.waiting.length && !changedValues(before, plan.subscription)) {
    return { subscription: before, items: state.items, invoice: null, changed: false };
  }
  refuseTooMuch([...(plan.bill?.lines ?? []), ...plan.waiting]);
  const subscription = nextVersion({ now }, before, plan.subscription);
  await writeItems(transaction, itemChanges, now);
  await insertRows(transaction, "PendingInvoiceItem", pendingRows(subscription, plan, now));
  await writeCharges(transaction, plan.charges);
  await writeSubscriptions(transaction, [{ before, after: subscription }]);
  if (taxRates) await replaceTaxRates(transaction, subscription.id, taxRates);
  const after = { ...state, subscription, items: plan.items, taxRates: taxRates ?? state.taxRates };
  const [made] = await createInvoices(transaction, plan.bill ? [draftOf(after, { ...plan.bill, now })] : []);
  if (made && plan.bill?.discounted) {
    await countCycle(
      transaction,
      state.discounts.map((discount) => ({ discount, now })),
    );
  }
  transaction.emit(...plan.events.map((type) => subscriptionEvent(type, after, before)));
  const { items } = plan;
  if (!made) return { subscription, items, invoice: null, changed: true };
  const { invoice } = made;
  const collected = await collectAtOnce(transaction, { subscription, items, invoice, first: false, now });
  return { ...collected, items, changed: true };
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
  { waiting }: Plan,
  now: Date,
): Row<"PendingInvoiceItem">[] {
  return waiting.map((line) => ({
    environmentId,
    id: newId(),
    customerId,
    subscriptionId,
    subscriptionItemId: line.subscriptionItemId ?? null,
    invoiceId: null,
    kind: line.kind ?? "ADJUSTMENT",
    description: line.description,
    currency,
    quantity: new Prisma.Decimal(decimal(line.quantity).toFixed()),
    unitAmount: new Prisma.Decimal(decimal(line.unitAmount).toFixed()),
    amount: line.amount,
    periodStart: line.period?.start ?? null,
    periodEnd: line.period?.end ?? null,
    createdAt: now,
  }));
}
