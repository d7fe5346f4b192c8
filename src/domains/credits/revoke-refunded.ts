import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { fetchGrants, openWallets } from "./book.ts";
import { voidGrants } from "./void-grant.ts";
import { writeBook } from "./write-book.ts";

/** Takes back what is left of credit that was bought with these invoices, all of which were refunded: nobody has both the money and the credit. */
export async function revokeRefunded(
  transaction: Transaction,
  invoiceIds: readonly string[],
  now: Date,
): Promise<void> {
  if (!invoiceIds.length) return;
  const { environmentId, query } = transaction;
  const bought = await query<Pick<Row<"CreditGrant">, "id" | "walletId">>(Prisma.sql`
    SELECT p.grant_id AS id, p.wallet_id AS "walletId" FROM credit_purchases p
    WHERE p.environment_id = ${environmentId}::uuid AND p.invoice_id = ANY(${invoiceIds}::uuid[]) AND p.grant_id IS NOT NULL`);
  if (!bought.length) return;
  const ids = bought.map(({ id }) => id);
  const book = await openWallets(
    transaction,
    Prisma.sql`t.id = ANY(${bought.map(({ walletId }) => walletId)}::uuid[])`,
  );
  await fetchGrants(transaction, book, ids);
  const active = ids.flatMap((id) => book.grants.get(id) ?? []).filter(({ status }) => status === "ACTIVE");
  voidGrants(book, active, { reason: "What was paid for it was refunded", now });
  await writeBook(transaction, book);
}
