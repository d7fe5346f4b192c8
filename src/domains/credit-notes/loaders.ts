import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { type Row, columnOf, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { CreditNoteStatus } from "../../db/generated/prisma/enums.ts";
import { byInstant, byNumber } from "../../db/orders.ts";
import type { Context } from "../../graph/context.ts";
import { loadById, loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange, MoneyValue } from "../../graph/values.ts";
import { readGivenBack } from "../invoices/index.ts";

export interface CreditNoteFilter {
  readonly status?: readonly CreditNoteStatus[] | null | undefined;
  readonly invoiceId?: string | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly number?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const creditNotes: List<"CreditNote", CreditNoteFilter> = {
  model: "CreditNote",
  orders: { CREATED_AT: byInstant("CreditNote", "createdAt") },
  where: (filter) => [
    ...isOneOf(columnOf("CreditNote", "status"), filter.status),
    ...idEquals(columnOf("CreditNote", "invoiceId"), filter.invoiceId),
    ...idEquals(columnOf("CreditNote", "customerId"), filter.customerId),
    ...equals(columnOf("CreditNote", "number"), filter.number),
    ...isWithin(columnOf("CreditNote", "createdAt"), filter.created),
  ],
};

export interface CreditNoteLineFilter {
  readonly invoiceLineId?: string | null | undefined;
}

export const creditNoteLines: List<"CreditNoteLine", CreditNoteLineFilter> = {
  model: "CreditNoteLine",
  orders: { POSITION: byNumber("CreditNoteLine", "position") },
  where: ({ invoiceLineId }) => idEquals(columnOf("CreditNoteLine", "invoiceLineId"), invoiceLineId),
};

/** A line as lists under its note give it: with the note's currency. Other ways to a line leave it out. */
type Line = Row<"CreditNoteLine"> & { readonly currency?: string };

/** The amount of a line in its note's currency, which is looked up, in batches, where the line does not carry it. */
export async function amountOf(line: Line, context: Context): Promise<MoneyValue> {
  const currency = line.currency ?? (await loadById(context, "CreditNote", line.creditNoteId))?.currency;
  if (!currency) throw new Error(`line ${line.id} has no credit note`);
  return { amount: line.amount, currency };
}

/** What other invoices gave back of an invoice; of all invoices of a level in one statement. */
export function loadGivenBack(invoiceId: string, context: Context): Promise<bigint> {
  return loader<bigint>(context, "givenBackOfInvoice", async (ids) => {
    const { environmentId } = context.viewer;
    const scoped = { environmentId, query: context.reads.query };
    const amounts = await readGivenBack(scoped, ids);
    return ids.map((id) => amounts.get(id) ?? 0n);
  }).load(invoiceId);
}

/** The payments and refunds of an invoice, latest first; of all invoices of a level in one statement. */
export function loadPayments(invoiceId: string, context: Context): Promise<Row<"InvoicePayment">[]> {
  return loader<Row<"InvoicePayment">[]>(context, "paymentsToReverse", async (ids) => {
    const { name, select } = tableOf("InvoicePayment");
    const rows = await context.reads.query<Row<"InvoicePayment">>(Prisma.sql`
      SELECT ${select} FROM ${name} t
      WHERE t.environment_id = ${context.viewer.environmentId}::uuid AND t.invoice_id = ANY(${ids}::uuid[])
      ORDER BY t.invoice_id, t.created_at DESC, t.id DESC`);
    const byInvoice = Map.groupBy(rows, (row) => row.invoiceId);
    return ids.map((id) => byInvoice.get(id) ?? []);
  }).load(invoiceId);
}
