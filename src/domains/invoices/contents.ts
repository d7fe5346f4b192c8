import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Contents, InvoiceRow, KnownLineDraft } from "./compose.ts";
import type { DiscountDraft } from "./draft.ts";
import { readSettled } from "./ledger/settled.ts";

/** What invoices have on them. */
export type StoredContents = Omit<Contents, "creditAvailable" | "purses">;

/** What these invoices have on them, by id. Three statements, however many. */
export async function readContents(
  transaction: Transaction,
  invoices: readonly InvoiceRow[],
): Promise<ReadonlyMap<string, StoredContents>> {
  const ids = invoices.map(({ id }) => id);
  const lines = Map.groupBy(await readLines(transaction, ids), ({ invoiceId }) => invoiceId);
  const taxes = Map.groupBy(await readTaxes(transaction, ids), ({ lineId }) => lineId);
  const discounts = Map.groupBy(await readDiscounts(transaction, ids), ({ invoiceId }) => invoiceId);
  return new Map(
    invoices.map((invoice) => [
      invoice.id,
      {
        lines: (lines.get(invoice.id) ?? []).map((line) => draftOf(line, taxes.get(line.id) ?? [])),
        discounts: discounts.get(invoice.id) ?? [],
        taxRates: [],
        fixedTax: invoice.externalSource === null ? null : invoice.tax,
      },
    ]),
  );
}

function readLines(transaction: Transaction, invoiceIds: readonly string[]): Promise<Row<"InvoiceLine">[]> {
  const { name, select } = tableOf("InvoiceLine");
  return transaction.query(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.invoice_id = ANY(${invoiceIds}::uuid[])
    ORDER BY t.position, t.id`);
}

function readTaxes(
  transaction: Transaction,
  invoiceIds: readonly string[],
): Promise<Row<"InvoiceLineTax">[]> {
  const { name, select } = tableOf("InvoiceLineTax");
  return transaction.query(Prisma.sql`
    SELECT ${select} FROM ${name} t
    JOIN invoice_lines l ON l.environment_id = t.environment_id AND l.id = t.line_id
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND l.invoice_id = ANY(${invoiceIds}::uuid[])
    ORDER BY t.tax_rate_id`);
}

function readDiscounts(
  transaction: Transaction,
  invoiceIds: readonly string[],
): Promise<(DiscountDraft & { readonly invoiceId: string })[]> {
  return transaction.query(Prisma.sql`
    SELECT t.invoice_id AS "invoiceId", t.redemption_id AS "redemptionId", t.description,
           coalesce(d.type, 'FIXED_AMOUNT') AS type, CASE WHEN t.settled THEN 0 ELSE coalesce(d.value, t.amount) END AS value,
           coalesce(d.scope, 'ENTIRE_ORDER') AS scope, t.counts_cycle AS "countsCycle", t.settled,
           ARRAY(
             SELECT p.product_id::text FROM discount_products p
             WHERE p.environment_id = d.environment_id AND p.discount_id = d.id
           ) AS "productIds"
    FROM invoice_discounts t
    LEFT JOIN discount_redemptions r ON r.environment_id = t.environment_id AND r.id = t.redemption_id
    LEFT JOIN discounts d ON d.environment_id = r.environment_id AND d.id = r.discount_id
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.invoice_id = ANY(${invoiceIds}::uuid[])
    ORDER BY t.position, t.id`);
}

function draftOf(line: Row<"InvoiceLine">, taxes: readonly Row<"InvoiceLineTax">[]): KnownLineDraft {
  const { periodStart, periodEnd } = line;
  return {
    ...line,
    settled: readSettled(line.settled),
    period: periodStart && periodEnd ? { start: periodStart, end: periodEnd } : null,
    metadata: line.metadata as object,
    taxRates: taxes.map(({ taxRateId: id, percentage, inclusive }) => ({ id, percentage, inclusive })),
  };
}
