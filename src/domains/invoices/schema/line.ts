import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder, startingWith } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Money, Period, periodOf } from "../../../graph/values.ts";
import { type InvoiceLineFilter, amountOf, invoiceLines } from "../loaders.ts";

const InvoiceLine = entity(
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
      amount: t.field({
        type: Money,
        description:
          "What the line costs: quantity times `unitAmount`, rounded half away from zero. Below zero for a credit.",
        resolve: (line, _args, context) => amountOf(line, context),
      }),
      period: t.field({
        type: Period,
        nullable: true,
        description: "The span of time that the line bills for; null when it bills for none.",
        resolve: periodOf,
      }),
      metadata: t.expose("metadata", {
        type: "JSONObject",
        description: "The merchant's own keys and values.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
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

const filter = builder.inputRef<InvoiceLineFilter>("InvoiceLineFilter").implement({
  description: "Which lines of invoices.",
  fields: (t) => ({
    productId: t.id({ description: "Lines that bill for this product." }),
    priceId: t.id({ description: "Lines at this price." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(invoiceLines, InvoiceLine, filter);

listUnder(list, {
  parent: "Invoice",
  name: "lines",
  by: "invoiceId",
  description: "What the invoice bills for, by position.",
  nullable: false,
  inherit: ({ currency }) => ({ currency }),
});

const latest = startingWith(list, "CREATED_AT");
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
