import { nextVersion, updateRows } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { whenSettled } from "../invoices/index.ts";
import { recovered } from "./dunning.ts";
import { subscriptionEvent } from "./events.ts";
import { type Subscription, loadStates } from "./state.ts";

/** An invoice that is paid or void now. */
export type Settled = Pick<Row<"Invoice">, "subscriptionId" | "status">;

/**
 * Lets subscriptions go on whose invoices were settled at `now`, by whatever way: those that were past due or unpaid, or
 * waited for their first payment and got it, and owe nothing more. The number of statements does not depend on theirs.
 */
export async function recoverSettled(
  transaction: Transaction,
  invoices: readonly Settled[],
  now: Date,
): Promise<void> {
  const free = await withoutDebts(transaction, await lockWaiting(transaction, invoices));
  if (!free.length) return;
  const states = await loadStates(transaction, free);
  const changes = free.map((before) => {
    const { after, events } = recovered(before, now);
    return { before, after: nextVersion({ now }, before, after), events };
  });
  await updateRows(transaction, "BillingSubscription", changes);
  for (const { before, after: subscription, events } of changes) {
    const items = states.get(before.id)?.items ?? [];
    transaction.emit(...events.map((type) => subscriptionEvent(type, { subscription, items }, before)));
  }
}

/**
 * Those that can go on. They are locked before what they owe is looked at, so that of two payments at once the later one sees
 * the other. What starts with its first payment does not start because that is not asked for any more.
 */
async function lockWaiting(
  { environmentId, query }: Transaction,
  invoices: readonly Settled[],
): Promise<Subscription[]> {
  const idsOf = (some: readonly Settled[]) => [
    ...new Set(some.flatMap(({ subscriptionId }) => subscriptionId ?? [])),
  ];
  const ids = idsOf(invoices);
  if (!ids.length) return [];
  const paid = idsOf(invoices.filter(({ status }) => status === "PAID"));
  const { name, select } = tableOf("BillingSubscription");
  return query<Subscription>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id = ANY(${ids}::uuid[])
      AND (t.status IN ('PAST_DUE', 'UNPAID') OR (t.status = 'PENDING' AND t.cycles_billed > 0 AND t.id = ANY(${paid}::uuid[])))
    ORDER BY t.id FOR NO KEY UPDATE`);
}

async function withoutDebts(
  { environmentId, query }: Transaction,
  waiting: readonly Subscription[],
): Promise<Subscription[]> {
  if (!waiting.length) return [];
  const debtors = await query<{ id: string }>(Prisma.sql`
    SELECT DISTINCT i.subscription_id AS id FROM invoices i
    WHERE i.environment_id = ${environmentId}::uuid AND i.subscription_id = ANY(${waiting.map(({ id }) => id)}::uuid[])
      AND i.amount_due > 0 AND i.status IN ('FINALIZED', 'APPROVED', 'SENT', 'PARTIALLY_PAID', 'OVERDUE')`);
  const owing = new Set(debtors.map(({ id }) => id));
  return waiting.filter(({ id }) => !owing.has(id));
}

whenSettled(recoverSettled);
