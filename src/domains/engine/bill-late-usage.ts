import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { createInvoices, postGiveBacks } from "../invoices/index.ts";
import { collect } from "../payments/index.ts";
import {
  billUsage,
  draftLate,
  lateUsage,
  loadStates,
  lookedForUsage,
  nextLook,
  writeCharges,
} from "../subscriptions/index.ts";
import { basisOf } from "./bill.ts";
import { type Claim, livesBy } from "./due.ts";
import { readSettings } from "./settings.ts";

type Ended = Row<"BillingSubscription"> & {
  /** Whether the customer has a subscription whose next invoice will bill what came late. */
  readonly followed: boolean;
};

/**
 * Bills what came late of subscriptions that have ended, where no other invoice will: a final invoice of what their usage comes to
 * by now, less what was billed of it. Where events were voided it gives back. Gives how many subscriptions it has looked at. The
 * number of statements does not depend on it.
 */
export async function billLateUsage(transaction: Transaction, claim: Claim): Promise<number> {
  const due = await claimEnded(transaction, claim);
  if (!due.length) return 0;
  const { now } = claim;
  const settings = await readSettings(transaction);
  const alone = due.filter(({ followed, ...one }) => one.endedAt && (!followed || !nextLook(one, now)));
  const states = await loadStates(transaction, alone);
  const wanted = [...states.values()].map((state) =>
    lateUsage(state, basisOf(settings, state.subscription.timezone)),
  );
  const usage = await billUsage(transaction, wanted, { now, lock: true });
  await writeCharges(transaction, {
    added: [],
    changed: [...usage.values()].flatMap(({ charges }) => charges.changed),
  });
  const made = await createInvoices(
    transaction,
    wanted.flatMap(({ state }) => draftLate(state, usage.get(state.subscription.id)?.lines ?? [], now) ?? []),
  );
  await postGiveBacks(transaction, [...usage.values()], { reason: "Usage was corrected", now });
  // What is declined is owed: there is no subscription left that could be past due.
  await collect(
    transaction,
    made.map(({ invoice }) => ({ invoice, earlierAttempts: 0 })),
    now,
  );
  await lookedForUsage(transaction, due, now);
  return due.length;
}

/** Locks subscriptions for whose late usage it is time to look. What another worker has locked is his. */
async function claimEnded(
  { environmentId, query }: Transaction,
  { clockId, now, limit, except = [], onClaim }: Claim,
): Promise<Ended[]> {
  const { name, select } = tableOf("BillingSubscription");
  const rows = await query<Ended>(Prisma.sql`
    SELECT ${select}, EXISTS (
      SELECT FROM ${name} o
      WHERE o.environment_id = t.environment_id AND o.customer_id = t.customer_id AND o.currency = t.currency
        AND o.status IN ('TRIALING', 'ACTIVE', 'PAST_DUE')) AS followed
    FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id <> ALL(${except}::uuid[]) AND ${livesBy(clockId)}
      AND t.id IN (
        SELECT c.subscription_id FROM usage_charges c
        WHERE c.environment_id = ${environmentId}::uuid AND c.due_at <= ${now})
    ORDER BY t.id LIMIT ${limit}::int FOR NO KEY UPDATE OF t SKIP LOCKED`);
  onClaim?.(rows.map(({ id }) => id));
  return rows;
}
