import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { columnOf, type Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { InvoiceStatus } from "../../db/generated/prisma/enums.ts";
import { byInstant, byNumber } from "../../db/orders.ts";
import type { Order } from "../../db/reads.ts";
import type { Context } from "../../graph/context.ts";
import { loadById } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange, MoneyValue } from "../../graph/values.ts";

export interface InvoiceFilter {
  readonly status?: readonly InvoiceStatus[] | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly subscriptionId?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly number?: string | null | undefined;
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

/** A line as lists under its invoice give it: with the invoice's currency. Other ways to a line leave it out. */
export type Line = Row<"InvoiceLine"> & { readonly currency?: string };

/** The amount of a line in its invoice's currency, which is looked up, in batches, where the line does not carry it. */
export function amountOf(line: Line, context: Context): MoneyValue | Promise<MoneyValue> {
  const { amount, currency } = line;
  if (currency) return { amount, currency };
  return Promise.resolve(loadById(context, "Invoice", line.invoiceId)).then((invoice) => {
    if (!invoice) throw new Error(`line ${line.id} has no invoice`);
    return { amount, currency: invoice.currency };
  });
}
