import { objectEvent } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { toRecords } from "../../db/writes.ts";
import { type Book, openWallets } from "./book.ts";
import { addGrant, newGrant } from "./grant.ts";
import { revokeRefunded } from "./revoke-refunded.ts";
import { writeBook } from "./write-book.ts";

type PurchaseRow = Row<"CreditPurchase">;

/** An invoice that sells credit or did not come to it. */
interface SettledInvoice {
  readonly id: string;
  readonly status: Row<"Invoice">["status"];
  readonly billingReason: Row<"Invoice">["billingReason"];
}

/** What an invoice that changes means for credit that it sells. */
function isSale({ billingReason }: SettledInvoice): boolean {
  return billingReason === "CREDIT_PURCHASE" || billingReason === "WALLET_TOP_UP";
}

/**
 * Grants what was bought with those of these invoices that are paid, and cancels what was to be bought with those that are void:
 * each once, however often it is called. Takes back what is left of what was bought with those that are refunded. Told of all invoices that change; most sell no credit, and then nothing is done.
 */
export async function settlePurchases(
  transaction: Transaction,
  invoices: readonly SettledInvoice[],
  now: Date,
): Promise<void> {
  const refunded = invoices.filter((one) => isSale(one) && one.status === "REFUNDED");
  await revokeRefunded(
    transaction,
    refunded.map(({ id }) => id),
    now,
  );
  const over = new Map(
    invoices.flatMap((one) =>
      isSale(one) && (one.status === "PAID" || one.status === "VOID") ? [[one.id, one.status]] : [],
    ),
  );
  if (!over.size) return;
  const pending = await lockPending(transaction, [...over.keys()]);
  if (!pending.length) return;
  const paid = pending.filter(({ invoiceId }) => over.get(invoiceId) === "PAID");
  const book = await openWallets(
    transaction,
    Prisma.sql`t.id = ANY(${paid.map(({ walletId }) => walletId)}::uuid[])`,
  );
  const settled = pending.map((purchase) =>
    over.get(purchase.invoiceId) === "PAID" ? complete(book, purchase, now) : cancel(purchase, now),
  );
  await writeBook(transaction, book);
  await save(transaction, settled);
  for (const purchase of settled) {
    transaction.emit(objectEvent(`credit_purchase.${purchase.status.toLowerCase()}`, purchase));
  }
}

function lockPending(
  { environmentId, query }: Transaction,
  invoiceIds: readonly string[],
): Promise<PurchaseRow[]> {
  const { name, select } = tableOf("CreditPurchase");
  return query<PurchaseRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.invoice_id = ANY(${invoiceIds}::uuid[]) AND t.status = 'PENDING'
    ORDER BY t.id FOR NO KEY UPDATE`);
}

function complete(book: Book, purchase: PurchaseRow, now: Date): PurchaseRow {
  const wallet = book.wallets.get(purchase.walletId);
  if (!wallet) throw new Error(`the wallet ${purchase.walletId} is not open`);
  const grant = newGrant(wallet, {
    source: purchase.creditPackId === null ? "TOP_UP" : "PURCHASE",
    amount: purchase.amount,
    priority: purchase.priority,
    status: "ACTIVE",
    effectiveAt: now,
    createdAt: now,
    updatedAt: now,
  });
  addGrant(book, grant, "PURCHASE");
  return { ...purchase, status: "COMPLETED", grantId: grant.id, completedAt: now, updatedAt: now };
}

function cancel(purchase: PurchaseRow, now: Date): PurchaseRow {
  return { ...purchase, status: "CANCELED", canceledAt: now, updatedAt: now };
}

async function save(transaction: Transaction, purchases: readonly PurchaseRow[]): Promise<void> {
  await transaction.query(Prisma.sql`
    UPDATE credit_purchases t SET status = n.status, grant_id = n.grant_id, completed_at = n.completed_at,
      canceled_at = n.canceled_at, updated_at = n.updated_at
    FROM jsonb_populate_recordset(NULL::credit_purchases, ${toRecords("CreditPurchase", purchases)}::jsonb) n
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}
