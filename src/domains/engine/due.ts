import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { grantIsDue } from "../credits/index.ts";

/** Whose time it is about: the customers of a test clock, or all others. */
export interface Timekeeping {
  /** Null for real time. */
  readonly clockId: string | null;
  readonly now: Date;
}

/** What is to be claimed of all that is due. */
export interface Claim extends Timekeeping {
  readonly limit: number;
  /** Rows that are left alone this time. */
  readonly except?: readonly string[];
  /** Told which rows were claimed. */
  readonly onClaim?: (ids: readonly string[]) => void;
}

/** The condition that the customer of a row, `t` unless said, lives by the clock. */
export function livesBy(clockId: string | null, row = Prisma.sql`t`): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM customers c WHERE c.environment_id = ${row}.environment_id AND c.id = ${row}.customer_id
      AND c.test_clock_id IS NOT DISTINCT FROM ${clockId}::uuid
  )`;
}

/** Locks subscriptions whose next step is due, the longest due first. What another worker has locked is his. */
export function claimSubscriptions(
  transaction: Transaction,
  claim: Claim,
): Promise<Row<"BillingSubscription">[]> {
  // Of what is due at the same instant, the phase of a schedule comes before the period that it is for.
  return claimRows(
    transaction,
    "BillingSubscription",
    claim,
    Prisma.sql`NOT EXISTS (
      SELECT FROM subscription_schedules s
      WHERE s.environment_id = t.environment_id AND s.subscription_id = t.id AND s.next_step_at <= t.next_step_at
    )`,
  );
}

/** Locks schedules whose next phase, or end, is due, unless their subscription has to do something before. */
export function claimSchedules(
  transaction: Transaction,
  claim: Claim,
): Promise<Row<"SubscriptionSchedule">[]> {
  return claimRows(
    transaction,
    "SubscriptionSchedule",
    claim,
    Prisma.sql`NOT EXISTS (
      SELECT FROM subscriptions s
      WHERE s.environment_id = t.environment_id AND s.id = t.subscription_id AND s.next_step_at < t.next_step_at
    )`,
  );
}

async function claimRows<M extends "BillingSubscription" | "SubscriptionSchedule">(
  { environmentId, query }: Transaction,
  model: M,
  { clockId, now, limit, except = [], onClaim }: Claim,
  condition: Prisma.Sql,
): Promise<Row<M>[]> {
  const { name, select } = tableOf(model);
  const rows = await query<Row<M> & { id: string }>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.next_step_at <= ${now} AND t.id <> ALL(${except}::uuid[])
      AND ${livesBy(clockId)} AND ${condition}
    ORDER BY t.next_step_at, t.id LIMIT ${limit}::int FOR NO KEY UPDATE SKIP LOCKED`);
  onClaim?.(rows.map(({ id }) => id));
  return rows;
}

/** The environments where something is due in real time. One statement. */
export async function findDueEnvironments(
  executor: Pick<Transaction, "query">,
  now: Date,
): Promise<string[]> {
  const rows = await executor.query<{ id: string }>(Prisma.sql`
    SELECT e.id FROM environments e
    WHERE EXISTS (SELECT FROM subscriptions t WHERE t.environment_id = e.id AND t.next_step_at <= ${now} AND ${livesBy(null)})
       OR EXISTS (SELECT FROM subscription_schedules t WHERE t.environment_id = e.id AND t.next_step_at <= ${now} AND ${livesBy(null)})
       OR EXISTS (SELECT FROM invoices t WHERE t.environment_id = e.id AND t.status IN ('SENT', 'PARTIALLY_PAID')
                    AND t.due_at <= ${now} AND ${livesBy(null)})
       OR EXISTS (SELECT FROM credit_grants g WHERE g.environment_id = e.id AND ${grantIsDue(now)} AND ${livesBy(null, Prisma.raw("g"))})
       OR EXISTS (SELECT FROM usage_charges t WHERE t.environment_id = e.id AND t.due_at <= ${now} AND ${livesBy(null)})
       OR EXISTS (SELECT FROM usage_marks t WHERE t.environment_id = e.id)
    ORDER BY e.id`);
  return rows.map(({ id }) => id);
}
