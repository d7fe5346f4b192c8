import { changeEvent, nextVersion, updateRows } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { target } from "../../kit/state-machine.ts";
import { invoiceMachine } from "../invoices/index.ts";
import { type Claim, livesBy } from "./due.ts";

/** When an invoice `t` is overdue: at the end of the day that it is due on, where its customer is. */
export const overdueAt = Prisma.sql`(
  SELECT (date_trunc('day', t.due_at AT TIME ZONE c.timezone) + interval '1 day') AT TIME ZONE c.timezone
  FROM customers c WHERE c.environment_id = t.environment_id AND c.id = t.customer_id
)`;

/** Marks invoices whose due day is over; gives how many. Three statements at the most. */
export async function markOverdue(
  transaction: Transaction,
  { clockId, now, limit, except = [], onClaim }: Claim,
): Promise<number> {
  const { name, select } = tableOf("Invoice");
  const due = await transaction.query<Row<"Invoice">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.status IN ('SENT', 'PARTIALLY_PAID')
      AND t.due_at <= ${now} AND t.id <> ALL(${except}::uuid[])
      AND ${livesBy(clockId)} AND ${overdueAt} <= ${now}
    ORDER BY t.due_at, t.id LIMIT ${limit}::int FOR NO KEY UPDATE SKIP LOCKED`);
  onClaim?.(due.map(({ id }) => id));
  const changes = due.map((before) => {
    const status = target(invoiceMachine, before.status, "markOverdue") ?? before.status;
    return { before, after: nextVersion({ now }, before, { status, overdueAt: now }) };
  });
  await updateRows(transaction, "Invoice", changes);
  transaction.emit(...changes.map((change) => changeEvent("invoice.overdue", change)));
  return changes.length;
}
