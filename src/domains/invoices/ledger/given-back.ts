import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Row } from "../../../db/datamodel.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { lesser } from "../../../kit/money.ts";

/** What was given back of an invoice as money: of what the customer's balance had paid first, then of what was paid by other means. */
export function splitGivenBack(
  { credit }: Pick<Row<"Invoice">, "credit">,
  givenBack: bigint,
): { readonly ofBalance: bigint; readonly ofPayments: bigint } {
  const ofBalance = lesser(credit, givenBack);
  return { ofBalance, ofPayments: givenBack - ofBalance };
}

/** The same for one invoice. */
export async function readGivenBackOf(
  reading: Pick<Transaction, "environmentId" | "query">,
  { id }: Pick<Row<"Invoice">, "id">,
): Promise<bigint> {
  return (await readGivenBack(reading, [id])).get(id) ?? 0n;
}

/**
 * What other invoices, and what waits for one, give back of these invoices as money, taxes included, by the id of the invoice. Credit notes
 * and refunds are columns of the invoice itself. One statement, or none.
 */
export async function readGivenBack(
  { environmentId, query }: Pick<Transaction, "environmentId" | "query">,
  invoiceIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  if (!invoiceIds.length) return new Map();
  const environment = Prisma.sql`${environmentId}::uuid`;
  const rows = await query<{ id: string; amount: bigint }>(Prisma.sql`
    SELECT l.invoice_id AS id, sum(back.amount)::bigint AS amount
    FROM invoice_lines l
    CROSS JOIN LATERAL (
      SELECT -(b.amount - b.discount - b.prepaid_credit + b.tax) AS amount FROM invoice_lines b
      JOIN invoices o ON o.environment_id = ${environment} AND o.id = b.invoice_id
      WHERE b.environment_id = ${environment} AND b.source_line_id = l.id AND b.invoice_id <> l.invoice_id AND o.status <> 'VOID'
      UNION ALL
      SELECT -(b.amount - coalesce((b.settled -> 'prepaid' ->> 'amount')::bigint, 0) + coalesce((
        SELECT sum((t ->> 'amount')::bigint) FROM jsonb_array_elements(b.settled -> 'taxes') t
        WHERE NOT (t ->> 'inclusive')::boolean), 0)) FROM pending_invoice_items b
      WHERE b.environment_id = ${environment} AND b.source_line_id = l.id AND b.invoice_id IS NULL
    ) back
    WHERE l.environment_id = ${environment} AND l.invoice_id = ANY(${[...new Set(invoiceIds)]}::uuid[])
    GROUP BY l.invoice_id`);
  return new Map(rows.map(({ id, amount }) => [id, amount]));
}
