import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";

/**
 * What time it is for these customers: that of the test clock that a customer lives by, and for all others the instant of
 * the transaction. Everything about a customer's money takes its `now` from here. One statement.
 */
export async function nowFor(
  transaction: Transaction,
  customerIds: readonly string[],
): Promise<Map<string, Date>> {
  const { environmentId, now } = transaction;
  const times = new Map(customerIds.map((id) => [id, now]));
  const rows = await transaction.query<{ id: string; now: Date }>(Prisma.sql`
    SELECT c.id, k.now FROM customers c
    JOIN test_clocks k ON k.environment_id = c.environment_id AND k.id = c.test_clock_id
    WHERE c.environment_id = ${environmentId}::uuid AND c.id = ANY(${[...times.keys()]}::uuid[])`);
  for (const row of rows) times.set(row.id, row.now);
  return times;
}
