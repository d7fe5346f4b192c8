import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import type { InvoiceParts } from "./compose.ts";

/** Inserts invoices that are new, with all that they are made of. Four statements at most, however many invoices. */
export async function insertInvoices(
  transaction: Transaction,
  invoices: readonly InvoiceParts[],
): Promise<void> {
  await insertRows(
    transaction,
    "Invoice",
    invoices.map(({ invoice }) => invoice),
  );
  await insertContents(transaction, invoices);
}

/** Puts other lines, taxes and discounts in the place of those that invoices have. Seven statements at most, however many invoices. */
export async function replaceContents(
  transaction: Transaction,
  invoices: readonly InvoiceParts[],
): Promise<void> {
  if (!invoices.length) return;
  await deleteContents(
    transaction,
    invoices.map(({ invoice }) => invoice.id),
  );
  await insertContents(transaction, invoices);
}

/** Removes the lines, taxes and discounts of invoices. Three statements. */
export async function deleteContents(transaction: Transaction, invoiceIds: readonly string[]): Promise<void> {
  const { environmentId } = transaction;
  await transaction.query(Prisma.sql`
    DELETE FROM invoice_line_taxes t USING invoice_lines l
    WHERE t.environment_id = ${environmentId}::uuid AND l.environment_id = t.environment_id AND l.id = t.line_id
      AND l.invoice_id = ANY(${invoiceIds}::uuid[])`);
  for (const table of ["invoice_lines", "invoice_discounts"]) {
    // Statements of one transaction run one after the other.
    // oxlint-disable-next-line no-await-in-loop
    await transaction.query(Prisma.sql`
      DELETE FROM ${Prisma.raw(table)} WHERE environment_id = ${environmentId}::uuid AND invoice_id = ANY(${invoiceIds}::uuid[])`);
  }
}

async function insertContents(transaction: Transaction, invoices: readonly InvoiceParts[]): Promise<void> {
  await insertRows(
    transaction,
    "InvoiceLine",
    invoices.flatMap(({ lines }) => lines),
  );
  await insertRows(
    transaction,
    "InvoiceLineTax",
    invoices.flatMap(({ taxes }) => taxes),
  );
  await insertRows(
    transaction,
    "InvoiceDiscount",
    invoices.flatMap(({ discounts }) => discounts),
  );
}
