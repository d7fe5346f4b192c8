import { Prisma } from "../../db/generated/prisma/client.ts";
import { tableOf } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import { type Decimal, decimal } from "../../kit/decimal.ts";

/** What an invoice has used of a grant and was not given back, in units of the wallet. */
export interface UsedCredit {
  readonly invoiceId: string;
  readonly walletId: string;
  readonly grantId: string;
  readonly amount: Decimal;
}

/** What these invoices have used of grants, the last grant first. One statement, or none. */
export async function readUsedCredit(
  { environmentId, query }: Pick<Transaction, "environmentId" | "query">,
  invoiceIds: readonly string[],
): Promise<UsedCredit[]> {
  if (!invoiceIds.length) return [];
  const rows = await query<Omit<UsedCredit, "amount"> & { amount: Prisma.Decimal }>(Prisma.sql`
    SELECT e.invoice_id AS "invoiceId", e.wallet_id AS "walletId", p.grant_id AS "grantId", -sum(p.amount) AS amount
    FROM ${tableOf("CreditTransaction").name} e
    JOIN credit_postings p ON p.environment_id = e.environment_id AND p.transaction_id = e.id
    WHERE e.environment_id = ${environmentId}::uuid AND e.invoice_id = ANY(${[...new Set(invoiceIds)]}::uuid[])
      AND e.type IN ('INVOICE', 'GIVE_BACK') AND p.grant_id IS NOT NULL
    GROUP BY 1, 2, 3 HAVING sum(p.amount) < 0 ORDER BY 1, 2, min(p.position) DESC, 3`);
  return rows.map(({ amount, ...row }) => ({ ...row, amount: decimal(amount) }));
}
