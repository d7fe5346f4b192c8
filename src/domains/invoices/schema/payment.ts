import type { InvoicePaymentKind as Kind } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { shows } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { DateTimeRange, Money } from "../../../graph/values.ts";
import { type InvoicePaymentFilter, invoicePayments, moneyOf } from "../loaders.ts";

const InvoicePaymentKind = describedEnum<Kind>("InvoicePaymentKind", "Which way money went.", {
  PAYMENT: "It came in.",
  REFUND: "It went back to the customer.",
});

export const InvoicePayment = entity(
  "InvoicePayment",
  "invoices:read",
  builder.prismaObject("InvoicePayment", {
    description: "Money that came in for an invoice, or went back. It never changes.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      kind: t.expose("kind", { type: InvoicePaymentKind, description: "Which way the money went." }),
      amount: t.field({
        type: Money,
        description: "How much; above zero either way.",
        ...shows({ amount: "amount", currency: "currency" }, "amount", "invoiceId"),
        resolve: (payment, _args, context) => moneyOf(payment, payment.amount, context),
      }),
      method: t.exposeString("method", { description: "How, such as `bank_transfer`, `cash` or `card`." }),
      reference: t.exposeString("reference", {
        nullable: true,
        description: "What it is known by elsewhere: a cheque number, the id at a gateway.",
      }),
      notes: t.exposeString("notes", { nullable: true, description: "Notes of the merchant." }),
      reason: t.exposeString("reason", { nullable: true, description: "Why money went back." }),
      paidAt: t.expose("paidAt", { type: "DateTime", description: "When it came in, or went back." }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was noted." }),
    }),
  }),
);

relation("InvoicePayment", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it was paid for.",
  nullable: false,
});
relation("InvoicePayment", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Who paid.",
});

byIdQuery(
  "invoicePayment",
  "InvoicePayment",
  InvoicePayment,
  "The payment or refund of an invoice with this id; null when there is none.",
);

const filter = builder.inputRef<InvoicePaymentFilter>("InvoicePaymentFilter").implement({
  description: "Which payments of invoices.",
  fields: (t) => ({
    kind: t.field({ type: InvoicePaymentKind, description: "Only payments, or only refunds." }),
    method: t.string({ description: "Exactly this method." }),
    created: t.field({ type: DateTimeRange, description: "Noted in this span of time." }),
  }),
});

const list = defineList(invoicePayments, InvoicePayment, filter, {
  CREATED_AT: "When the payment was recorded.",
});

listQuery("invoicePayments", list, "The payments and refunds of all invoices, latest first.");
listUnder(list, {
  parent: "Invoice",
  name: "payments",
  by: "invoiceId",
  description: "What was paid and refunded, latest first.",
  nullable: false,
  inherit: ["currency"],
});
listUnder(list, {
  parent: "Customer",
  name: "invoicePayments",
  by: "customerId",
  description: "What the customer paid for invoices, and got back, latest first.",
});
