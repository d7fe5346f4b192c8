import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { later } from "../../kit/period.ts";
import { advanceCredits } from "./advance-credits.ts";
import { advanceSchedules } from "./advance-schedules.ts";
import { advanceSubscriptions } from "./advance.ts";
import { billLateUsage } from "./bill-late-usage.ts";
import { type Timekeeping, livesBy } from "./due.ts";
import { markOverdue, overdueAt } from "./overdue.ts";
import { watchUsage } from "./watch-usage.ts";

/** How many rows one transaction takes at most. */
const batch = 200;

/**
 * Moves a test clock on to where it is going: from one instant at which something is due to the next, each in a transaction
 * of its own, so that it can be cut short and goes on from there. Several may try at once; they take turns. Gives whether it
 * has arrived before `signal` ended it.
 */
export async function advanceClock(
  host: TransactionHost,
  writer: Writer,
  clockId: string,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    // eslint-disable-next-line no-await-in-loop
    if (await transact(host, writer, (transaction) => moveOn(transaction, clockId))) return true;
  }
  return false;
}

/** Does what is due next, or arrives; gives whether the clock stands. */
async function moveOn(transaction: Transaction, clockId: string): Promise<boolean> {
  const clock = await lockClock(transaction, clockId);
  if (!clock?.advancingTo) return true;
  const due = await nextDue(transaction, { clockId, now: clock.advancingTo });
  const now = due && later(due, clock.now);
  const claim = now && { clockId, now, limit: batch };
  const steps = claim
    ? (await watchUsage(transaction, claim)) +
      (await advanceSchedules(transaction, claim)) +
      (await advanceSubscriptions(transaction, claim)) +
      (await billLateUsage(transaction, claim)) +
      (await markOverdue(transaction, claim)) +
      (await advanceCredits(transaction, claim))
    : 0;
  if (now && steps === 0) throw new Error(`nothing can be done of what is due on the clock ${clockId}`);
  await transaction.query(Prisma.sql`
    UPDATE test_clocks SET now = ${now ?? clock.advancingTo}, steps_done = steps_done + ${steps}::int,
      status = ${now ? "ADVANCING" : "READY"}::test_clock_status,
      advancing_to = ${now ? clock.advancingTo : null}::timestamptz, updated_at = ${transaction.now}
    WHERE environment_id = ${transaction.environmentId}::uuid AND id = ${clockId}::uuid`);
  return now === null;
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

/** The first instant up to `now` at which something of the clock's customers is due; null when nothing is. One statement. */
async function nextDue(
  { environmentId, query }: Transaction,
  { clockId, now }: Timekeeping,
): Promise<Date | null> {
  const of = Prisma.sql`t.environment_id = ${environmentId}::uuid AND ${livesBy(clockId)}`;
  const [row] = await query<{ at: Date | null }>(Prisma.sql`
    SELECT min(at) AS at FROM (
      SELECT t.next_step_at AS at FROM subscriptions t WHERE ${of} AND t.next_step_at <= ${now}
      UNION ALL
      SELECT t.next_step_at FROM subscription_schedules t WHERE ${of} AND t.next_step_at <= ${now}
      UNION ALL
      SELECT t.next_step_at FROM credit_grants t WHERE ${of} AND t.next_step_at <= ${now}
      UNION ALL
      SELECT t.due_at FROM usage_charges t WHERE ${of} AND t.due_at <= ${now}
      UNION ALL
      SELECT k.now FROM usage_marks t JOIN test_clocks k ON k.environment_id = t.environment_id AND k.id = ${clockId}::uuid
      WHERE ${of}
      UNION ALL
      SELECT ${overdueAt} FROM invoices t WHERE ${of} AND t.status IN ('SENT', 'PARTIALLY_PAID') AND t.due_at <= ${now}
    ) due WHERE at <= ${now}`);
  return row?.at ?? null;
}
