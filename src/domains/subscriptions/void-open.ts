import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { voidUnpaid } from "../invoices/index.ts";

const reason = "The subscription has not begun";

/**
 * Voids the open invoices of subscriptions that have not begun, so that nobody pays for what does not come. One that was paid in part is left:
 * its money is given back, and the rest is not asked for.
 */
export async function voidOpen(
  transaction: Transaction,
  subscriptionIds: readonly string[],
  now: Date,
): Promise<void> {
  if (!subscriptionIds.length) return;
  const { name, select } = tableOf("Invoice");
  const open = await transaction.query<Row<"Invoice">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.subscription_id = ANY(${subscriptionIds}::uuid[])
      AND t.amount_due > 0
    ORDER BY t.id FOR NO KEY UPDATE`);
  await voidUnpaid(transaction, open, { reason, now });
}
