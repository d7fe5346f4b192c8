import { nextVersion } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isSettled, whenSettled } from "../invoices/index.ts";
import { recovered } from "./dunning.ts";
import { subscriptionEvent } from "./events.ts";
import { type Subscription, loadStates } from "./state.ts";
import { writeSubscriptions } from "./write-subscriptions.ts";

/** An invoice of which nothing is due any more. */
export type Settled = Pick<Row<"Invoice">, "subscriptionId" | "status">;

/**
 * Lets subscriptions go on whose invoices were settled at `now`, by whatever way: those that were past due or unpaid, or
 * waited for their first payment and got it, and owe nothing more. Gives whether there were any. The number of statements does not depend on
 * theirs.
 */
export async function recoverSettled(
  transaction: Transaction,
  invoices: readonly Settled[],
  now: Date,
): Promise<boolean> {
  const settled = invoices.filter(isSettled);
  const free = await withoutDebts(transaction, await lockWaiting(transaction, settled));
  if (!free.length) return false;
  const states = await loadStates(transaction, free);
  const changes = free.map((before) => {
    const { after, events } = recovered(before, now);
    // What waited for its first payment has run since its period began.
    const at = before.status === "PENDING" ? before.currentPeriodStart : now;
    return { before, after: nextVersion({ now }, before, after), events, at };
  });
  await writeSubscriptions(transaction, changes);
  for (const { before, after: subscription, events } of changes) {
    const items = states.get(before.id)?.items ?? [];
    transaction.emit(...events.map((type) => subscriptionEvent(type, { subscription, items }, before)));
  }
  return true;
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
  transaction: Transaction,
  waiting: readonly Subscription[],
): Promise<Subscription[]> {
  if (!waiting.length) return [];
  const owing = await readDebtors(
    transaction,
    waiting.map(({ id }) => id),
  );
  return waiting.filter(({ id }) => !owing.has(id));
}

/** Those of these subscriptions that owe something. */
async function readDebtors(
  { environmentId, query }: Transaction,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const debtors = await query<{ id: string }>(Prisma.sql`
    SELECT DISTINCT i.subscription_id AS id FROM invoices i
    WHERE i.environment_id = ${environmentId}::uuid AND i.subscription_id = ANY(${ids}::uuid[])
      AND i.amount_due > 0 AND i.status IN ('FINALIZED', 'APPROVED', 'SENT', 'PARTIALLY_PAID', 'OVERDUE')`);
  return new Set(debtors.map(({ id }) => id));
}

/** Whether a subscription owes something. One statement. */
export async function owesAnything(transaction: Transaction, id: string): Promise<boolean> {
  return (await readDebtors(transaction, [id])).has(id);
}

whenSettled(async (transaction, invoices, now) => {
  await recoverSettled(transaction, invoices, now);
});
