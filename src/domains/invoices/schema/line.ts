import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads, shows } from "../../../graph/columns.ts";
import type { Context } from "../../../graph/context.ts";
import { defineList, listUnder, onlyBy } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Money, Period, periodOf } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type InvoiceLineFilter, invoiceLines, loadTaxes, moneyOf } from "../loaders.ts";
import { InvoiceLineKind, InvoiceLineTax, LineBreakdown, breakdownOf } from "./line-parts.ts";

type AmountField = "amount" | "discount" | "prepaidCredit" | "credit" | "tax" | "taxIncluded";

/** A field of type Money from a column that holds minor units of the invoice's currency. */
const money = (field: AmountField, description: string) => ({
  type: Money,
  description,
  ...shows({ amount: field, currency: "currency" }, field, "invoiceId"),
  resolve: (line: Row<"InvoiceLine">, _args: object, context: Context) => moneyOf(line, line[field], context),
});

export const InvoiceLine = entity(
  "InvoiceLine",
  "invoices:read",
  builder.prismaObject("InvoiceLine", {
    description: "One position of an invoice.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      position: t.exposeInt("position", {
        description: "Its place among the lines of the invoice; the smallest comes first.",
      }),
      description: t.exposeString("description", { description: "What is billed, for the customer." }),
      quantity: t.expose("quantity", { type: "Decimal", description: "How many units are billed." }),
      unitAmount: t.expose("unitAmount", {
        type: "Decimal",
        description: "What one unit costs, in minor units of the invoice's currency, to 12 decimals.",
      }),
      amount: t.field(
        money(
          "amount",
          "What the line costs before discounts and taxes: quantity times `unitAmount`, rounded half away from zero. Below zero for a credit.",
        ),
      ),
      discount: t.field(money("discount", "Its share of what the discounts take off.")),
      prepaidCredit: t.field(money("prepaidCredit", "Its share of what wallets pay, before taxes.")),
      credit: t.field(
        money("credit", "Its share of the customer's credit that the invoice uses, taxes included."),
      ),
      tax: t.field(money("tax", "The tax on top of what it costs after discounts and prepaid credit.")),
      taxIncluded: t.field(money("taxIncluded", "The tax that it contains.")),
      kind: t.expose("kind", { type: InvoiceLineKind, description: "What it bills." }),
      breakdown: t.field({
        type: [LineBreakdown],
        nullable: true,
        description:
          "How tiers or packages make the amount, step by step; null where it is quantity times `unitAmount`.",
        ...reads("breakdown", "invoiceId"),
        resolve: breakdownOf,
      }),
      taxes: t.field({
        type: [InvoiceLineTax],
        description: "What each tax rate makes of it.",
        ...reads("id", "invoiceId"),
        resolve: (line, _args, context) => loadTaxes(line, context),
      }),
      period: t.field({
        type: Period,
        nullable: true,
        description: "The span of time that the line bills for; null when it bills for none.",
        ...reads("periodStart", "periodEnd"),
        resolve: periodOf,
      }),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
    }),
  }),
);

relation("InvoiceLine", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it is part of.",
  nullable: false,
});
relation("InvoiceLine", "product", {
  to: "Product",
  by: "productId",
  description: "What was sold; null when that is in no catalog.",
});
relation("InvoiceLine", "price", {
  to: "Price",
  by: "priceId",
  description: "The price that the amount comes from; null when it was set by hand.",
});
relation("InvoiceLine", "subscriptionItem", {
  to: "SubscriptionItem",
  by: "subscriptionItemId",
  description: "The item of a subscription that is billed; null when it is for something else.",
});

relation("InvoiceLine", "source", {
  to: "InvoiceLine",
  by: "sourceLineId",
  description:
    "The line that it gives back, wholly or in part; null where it gives nothing back, and while that line waits for an invoice.",
});

const filter = builder.inputRef<InvoiceLineFilter>("InvoiceLineFilter").implement({
  description: "Which lines of invoices.",
  fields: (t) => ({
    productId: t.id({ description: "Lines that bill for this product." }),
    priceId: t.id({ description: "Lines at this price." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

// Lines of one invoice have no index by time: they are as old as it is.
const { CREATED_AT: _, ...orders } = invoiceLines.orders;
const list = defineList({ ...invoiceLines, orders }, InvoiceLine, filter, {
  POSITION: "The place on the invoice.",
});

listUnder(list, {
  parent: "Invoice",
  name: "lines",
  by: "invoiceId",
  description: "What the invoice bills for, by position.",
  nullable: false,
  inherit: ["currency"],
});

const latest = onlyBy({ ...list, list: invoiceLines }, "CREATED_AT", {
  kind: "Time",
  description: "When the line was created.",
});
listUnder(latest, {
  parent: "SubscriptionItem",
  name: "invoiceLines",
  by: "subscriptionItemId",
  description: "The lines of invoices that bill for the item, latest first.",
});
listUnder(latest, {
  parent: "Product",
  name: "invoiceLines",
  by: "productId",
  description: "The lines of invoices that bill for the product, latest first.",
});
listUnder(latest, {
  parent: "Price",
  name: "invoiceLines",
  by: "priceId",
  description: "The lines of invoices at this price, latest first.",
});
