import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { later } from "../../kit/period.ts";
import { advanceCredits } from "./advance-credits.ts";
import { advanceSchedules } from "./advance-schedules.ts";
import { advanceSubscriptions } from "./advance.ts";
import { billLateUsage } from "./bill-late-usage.ts";
import { type Claim, livesBy } from "./due.ts";
import { markOverdue, overdueAt } from "./overdue.ts";
import { watchUsage } from "./watch-usage.ts";

/** What is claimed of a test clock's customers, at the instant that is next. */
type ClockClaim = Omit<Required<Claim>, "now"> & { readonly clockId: string };

/**
 * What came of looking: something was DONE; the clock has ARRIVED; what is due is HELD by others; or these rows cannot be done,
 * because they wait for some that are left alone.
 */
export type Moved = "DONE" | "ARRIVED" | "HELD" | readonly string[];

/** Does what is due next on a test clock, or lets it arrive. */
export async function moveOn(transaction: Transaction, claim: ClockClaim): Promise<Moved> {
  const clock = await lockClock(transaction, claim.clockId);
  if (!clock?.advancingTo) return "ARRIVED";
  const due = await nextDue(transaction, claim, clock.advancingTo);
  const now = due && later(due, clock.now);
  const steps = now ? await doAll(transaction, { ...claim, now }) : 0;
  if (now && steps === 0) {
    const behind = claim.except.length ? await waitingBehind(transaction, { ...claim, now }) : [];
    return behind.length ? behind : "HELD";
  }
  await transaction.query(Prisma.sql`
    UPDATE test_clocks SET now = ${now ?? clock.advancingTo}, steps_done = steps_done + ${steps}::int,
      status = ${now ? "ADVANCING" : "READY"}::test_clock_status, left_undone = ${claim.except.length}::int,
      advancing_to = ${now ? clock.advancingTo : null}::timestamptz, updated_at = ${transaction.now}
    WHERE environment_id = ${transaction.environmentId}::uuid AND id = ${claim.clockId}::uuid`);
  return now ? "DONE" : "ARRIVED";
}

async function doAll(transaction: Transaction, claim: Claim): Promise<number> {
  return (
    (await watchUsage(transaction, claim)) +
    (await advanceSchedules(transaction, claim)) +
    (await advanceSubscriptions(transaction, claim)) +
    (await billLateUsage(transaction, claim)) +
    (await markOverdue(transaction, claim)) +
    (await advanceCredits(transaction, claim))
  );
}

async function lockClock(
  { environmentId, query }: Transaction,
  clockId: string,
): Promise<Row<"TestClock"> | undefined> {
  const { name, select } = tableOf("TestClock");
  const [clock] = await query<Row<"TestClock">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id = ${clockId}::uuid FOR UPDATE`);
  return clock;
}

/**
 * The first instant up to `now` at which something of the clock's customers is due that is not left alone; null when nothing is. One
 * statement.
 */
async function nextDue(
  { environmentId, query }: Transaction,
  { clockId, except }: ClockClaim,
  now: Date,
): Promise<Date | null> {
  const of = (id = "id") =>
    Prisma.sql`t.environment_id = ${environmentId}::uuid AND t.${Prisma.raw(id)} <> ALL(${except}::uuid[]) AND ${livesBy(clockId)}`;
  const [row] = await query<{ at: Date | null }>(Prisma.sql`
    SELECT min(at) AS at FROM (
      SELECT t.next_step_at AS at FROM subscriptions t WHERE ${of()} AND t.next_step_at <= ${now}
      UNION ALL
      SELECT t.next_step_at FROM subscription_schedules t WHERE ${of()} AND t.next_step_at <= ${now}
      UNION ALL
      SELECT t.next_step_at FROM credit_grants t WHERE ${of("wallet_id")} AND t.next_step_at <= ${now}
      UNION ALL
      SELECT t.due_at FROM usage_charges t WHERE ${of("subscription_id")} AND t.due_at <= ${now}
      UNION ALL
      SELECT k.now FROM usage_marks t JOIN test_clocks k ON k.environment_id = t.environment_id AND k.id = ${clockId}::uuid
      WHERE ${of()}
      UNION ALL
      SELECT ${overdueAt} FROM invoices t WHERE ${of()} AND t.status IN ('SENT', 'PARTIALLY_PAID') AND t.due_at <= ${now}
    ) due WHERE at <= ${now}`);
  return row?.at ?? null;
}

/**
 * Rows that are due, that nobody holds, and that are not done all the same: the schedule of a subscription that is left alone, the
 * subscription of such a schedule, the credits of such a customer. Locked. Three statements.
 */
async function waitingBehind(
  { environmentId, query }: Transaction,
  { clockId, except, now }: ClockClaim & Pick<Claim, "now">,
): Promise<string[]> {
  const free = (table: string, due: Prisma.Sql) => Prisma.sql`
    SELECT t.id FROM ${Prisma.raw(table)} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id <> ALL(${except}::uuid[]) AND ${livesBy(clockId)} AND ${due}
    FOR NO KEY UPDATE SKIP LOCKED`;
  const due = Prisma.sql`t.next_step_at <= ${now}`;
  const granting = Prisma.sql`EXISTS (
    SELECT FROM credit_grants g WHERE g.environment_id = t.environment_id AND g.wallet_id = t.id AND g.next_step_at <= ${now})`;
  const rows = [
    await query<{ id: string }>(free("subscriptions", due)),
    await query<{ id: string }>(free("subscription_schedules", due)),
    await query<{ id: string }>(free("wallets", granting)),
  ];
  return rows.flat().map(({ id }) => id);
}
