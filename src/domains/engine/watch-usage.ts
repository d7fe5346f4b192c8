import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { type Claim, livesBy } from "./due.ts";
import { billUsageEarly } from "./bill-usage-early.ts";
import { reachThresholds } from "./reach-thresholds.ts";
import type { UsageMark } from "./usage-marks.ts";

/**
 * Looks at what customers have used since the last time, where a meter tells of thresholds, or a price is paid in advance.
 * Ingestion leaves a mark for each customer and meter, and whoever takes the mark does all that follows in the same
 * transaction. Gives how many marks there were. The number of statements does not depend on it, but for invoices that are charged.
 */
export async function watchUsage(transaction: Transaction, claim: Claim): Promise<number> {
  const marks = await takeMarks(transaction, claim);
  if (!marks.length) return 0;
  await billUsageEarly(transaction, marks);
  await reachThresholds(transaction, marks, claim);
  return marks.length;
}

/** Takes marks, the oldest first. By real time also those of test clocks that stand still. One statement. */
async function takeMarks(
  { environmentId, query }: Transaction,
  { clockId, limit, except = [], onClaim }: Claim,
): Promise<UsageMark[]> {
  const whose = clockId === null ? Prisma.sql`true` : livesBy(clockId);
  const rows = await query<UsageMark & { id: string }>(Prisma.sql`
    DELETE FROM usage_marks m WHERE m.environment_id = ${environmentId}::uuid AND m.id IN (
      SELECT t.id FROM usage_marks t
      WHERE t.environment_id = ${environmentId}::uuid AND t.id <> ALL(${except}::uuid[]) AND ${whose}
      ORDER BY t.created_at, t.id LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)
    RETURNING m.id, m.customer_id AS "customerId", m.meter_id AS "meterId"`);
  onClaim?.(rows.map(({ id }) => id));
  return rows;
}
