import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { type Row, columnOf, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type {
  BillingReason,
  InvoiceChannel,
  InvoicePaymentKind,
  InvoiceStatus,
} from "../../db/generated/prisma/enums.ts";
import { byInstant, byNumber } from "../../db/orders.ts";
import type { Order } from "../../db/reads.ts";
import type { Context } from "../../graph/context.ts";
import { loadById, loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange, MoneyValue } from "../../graph/values.ts";

export interface InvoiceFilter {
  readonly status?: readonly InvoiceStatus[] | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly subscriptionId?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly number?: string | null | undefined;
  readonly billingReason?: readonly BillingReason[] | null | undefined;
  readonly externalSource?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
  readonly due?: InstantRange | null | undefined;
}

/** Invoices that are never due come after all others, as the index `invoices_due_order_idx` has them. */
const dueAt = Prisma.sql`coalesce(t.due_at, 'infinity'::timestamptz)`;

const byDueAt: Order<"Invoice"> = {
  name: "dueAt",
  expression: dueAt,
  type: "timestamptz",
  ascending: true,
  value: (row) => row.dueAt?.toISOString() ?? "infinity",
  fields: ["dueAt"],
};

export const invoices: List<"Invoice", InvoiceFilter> = {
  model: "Invoice",
  orders: { CREATED_AT: byInstant("Invoice", "createdAt"), DUE_AT: byDueAt },
  where: (filter) => [
    ...isOneOf(columnOf("Invoice", "status"), filter.status),
    ...idEquals(columnOf("Invoice", "customerId"), filter.customerId),
    ...idEquals(columnOf("Invoice", "subscriptionId"), filter.subscriptionId),
    ...equals(columnOf("Invoice", "currency"), filter.currency),
    ...equals(columnOf("Invoice", "number"), filter.number),
    ...isOneOf(columnOf("Invoice", "billingReason"), filter.billingReason),
    ...equals(columnOf("Invoice", "externalSource"), filter.externalSource),
    ...isWithin(columnOf("Invoice", "createdAt"), filter.created),
    ...isWithin(dueAt, filter.due && { ...filter.due, before: filter.due.before ?? "infinity" }),
  ],
};

export interface InvoiceLineFilter {
  readonly productId?: string | null | undefined;
  readonly priceId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const invoiceLines: List<"InvoiceLine", InvoiceLineFilter> = {
  model: "InvoiceLine",
  orders: {
    POSITION: byNumber("InvoiceLine", "position"),
    CREATED_AT: byInstant("InvoiceLine", "createdAt"),
  },
  where: (filter) => [
    ...idEquals(columnOf("InvoiceLine", "productId"), filter.productId),
    ...idEquals(columnOf("InvoiceLine", "priceId"), filter.priceId),
    ...isWithin(columnOf("InvoiceLine", "createdAt"), filter.created),
  ],
};

export interface InvoicePaymentFilter {
  readonly kind?: InvoicePaymentKind | null | undefined;
  readonly method?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const invoicePayments: List<"InvoicePayment", InvoicePaymentFilter> = {
  model: "InvoicePayment",
  orders: { CREATED_AT: byInstant("InvoicePayment", "createdAt") },
  where: (filter) => [
    ...equals(columnOf("InvoicePayment", "kind"), filter.kind),
    ...equals(columnOf("InvoicePayment", "method"), filter.method),
    ...isWithin(columnOf("InvoicePayment", "createdAt"), filter.created),
  ],
};

export interface InvoiceCommentFilter {
  readonly internal?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const invoiceComments: List<"InvoiceComment", InvoiceCommentFilter> = {
  model: "InvoiceComment",
  orders: { CREATED_AT: byInstant("InvoiceComment", "createdAt") },
  where: (filter) => [
    ...equals(columnOf("InvoiceComment", "internal"), filter.internal),
    ...isWithin(columnOf("InvoiceComment", "createdAt"), filter.created),
  ],
};

export interface InvoiceDeliveryFilter {
  readonly channel?: InvoiceChannel | null | undefined;
}

export const invoiceDeliveries: List<"InvoiceDelivery", InvoiceDeliveryFilter> = {
  model: "InvoiceDelivery",
  orders: { CREATED_AT: byInstant("InvoiceDelivery", "createdAt") },
  where: ({ channel }) => equals(columnOf("InvoiceDelivery", "channel"), channel),
};

export interface InvoiceDiscountFilter {
  readonly redeemed?: boolean | null | undefined;
}

export const invoiceDiscounts: List<"InvoiceDiscount", InvoiceDiscountFilter> = {
  model: "InvoiceDiscount",
  orders: { POSITION: byNumber("InvoiceDiscount", "position") },
  where: ({ redeemed }) =>
    redeemed == null ? [] : [Prisma.sql`(t.redemption_id IS NOT NULL) = ${redeemed}`],
};

/** What belongs to an invoice, as lists under it give it: with the invoice's currency. Other ways to it leave it out. */
export interface OfInvoice {
  readonly invoiceId: string;
  readonly currency?: string;
}

/** An amount in the currency of its invoice, which is looked up, in batches, where the row does not carry it. */
export function moneyOf(
  { invoiceId, currency }: OfInvoice,
  amount: bigint,
  context: Context,
): MoneyValue | Promise<MoneyValue> {
  if (currency) return { amount, currency };
  return Promise.resolve(loadById(context, "Invoice", invoiceId)).then((invoice) => {
    if (!invoice) throw new Error(`invoice ${invoiceId} is not there`);
    return { amount, currency: invoice.currency };
  });
}

/** The tax of a line by one rate, with what leads to the line's currency. */
export type LineTax = Row<"InvoiceLineTax"> & OfInvoice;

/** What each rate makes of a line; all lines of a level in one statement. */
export async function loadTaxes(line: Row<"InvoiceLine"> & OfInvoice, context: Context): Promise<LineTax[]> {
  const { name, select } = tableOf("InvoiceLineTax");
  const rows = await loader<Row<"InvoiceLineTax">[]>(context, "taxesOfLine", async (lineIds) => {
    const all = await context.reads.query<Row<"InvoiceLineTax">>(Prisma.sql`
      SELECT ${select} FROM ${name} t
      WHERE t.environment_id = ${context.viewer.environmentId}::uuid AND t.line_id = ANY(${lineIds}::uuid[])
      ORDER BY t.line_id, t.inclusive DESC, t.tax_rate_id`);
    const byLine = Map.groupBy(all, ({ lineId }) => lineId);
    return lineIds.map((id) => byLine.get(id) ?? []);
  }).load(line.id);
  const { invoiceId, currency } = line;
  return rows.map((row) => ({ ...row, invoiceId, ...(currency && { currency }) }));
}
