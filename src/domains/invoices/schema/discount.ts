import { builder } from "../../../graph/builder.ts";
import { shows } from "../../../graph/columns.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { Money } from "../../../graph/values.ts";
import { type InvoiceDiscountFilter, invoiceDiscounts, moneyOf } from "../loaders.ts";

const InvoiceDiscount = entity(
  "InvoiceDiscount",
  "invoices:read",
  builder.prismaObject("InvoiceDiscount", {
    description: "What one discount takes off an invoice.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      position: t.exposeInt("position", {
        description: "Discounts are taken off one after the other: the smallest comes first.",
      }),
      description: t.exposeString("description", { description: "What it is called on the invoice." }),
      amount: t.field({
        type: Money,
        description: "What it takes off; nothing where it is for other lines only.",
        ...shows({ amount: "amount", currency: "currency" }, "amount", "invoiceId"),
        resolve: (discount, _args, context) => moneyOf(discount, discount.amount, context),
      }),
    }),
  }),
);

relation("InvoiceDiscount", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it is taken off.",
  nullable: false,
});

const filter = builder.inputRef<InvoiceDiscountFilter>("InvoiceDiscountFilter").implement({
  description: "Which discounts of an invoice.",
  fields: (t) => ({
    redeemed: t.boolean({
      description: "Only those of the catalog, or only amounts that came with the invoice.",
    }),
  }),
});

listUnder(
  defineList(invoiceDiscounts, InvoiceDiscount, filter, {
    POSITION: "The order in which they are taken off.",
  }),
  {
    parent: "Invoice",
    name: "discounts",
    by: "invoiceId",
    description: "What the discounts take off, in their order. Together it is `discount`.",
    nullable: false,
    inherit: ["currency"],
  },
);
