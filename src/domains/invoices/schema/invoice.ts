import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Money, Period, periodOf } from "../../../graph/values.ts";
import { type InvoiceFilter, invoices } from "../loaders.ts";
import { InvoiceStatus } from "./status.ts";

type AmountField = "subtotal" | "discount" | "tax" | "total" | "amountPaid" | "amountDue";

/** A field of type Money from a column that holds minor units of the invoice's currency. */
const money = (field: AmountField, description: string) => ({
  type: Money,
  description,
  resolve: (invoice: Row<"Invoice">) => ({ amount: invoice[field], currency: invoice.currency }),
});

const Invoice = entity(
  "Invoice",
  "invoices:read",
  builder.prismaObject("Invoice", {
    description: "What a customer owes, and for what. All its amounts are in one currency.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      number: t.exposeString("number", {
        nullable: true,
        description: "The number, unique in the environment; null until it is finalized.",
      }),
      status: t.expose("status", { type: InvoiceStatus, description: "Where it stands." }),
      currency: t.expose("currency", { type: "Currency", description: "The currency of all its amounts." }),
      subtotal: t.field(money("subtotal", "The sum of the lines, before discount and tax.")),
      discount: t.field(money("discount", "What is taken off the subtotal; never more than it.")),
      tax: t.field(money("tax", "The tax on the rest.")),
      total: t.field(money("total", "Subtotal less discount plus tax.")),
      amountPaid: t.field(money("amountPaid", "What has been paid, at most the total.")),
      amountDue: t.field(
        money("amountDue", "What is still to be paid, at most the total less what has been paid."),
      ),
      period: t.field({
        type: Period,
        nullable: true,
        description: "The span of time that is billed; null when it bills for none.",
        resolve: periodOf,
      }),
      issuedAt: t.expose("issuedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was finalized; null for a draft.",
      }),
      dueAt: t.expose("dueAt", {
        type: "DateTime",
        nullable: true,
        description: "By when it is to be paid; null when there is no such date.",
      }),
      paidAt: t.expose("paidAt", {
        type: "DateTime",
        nullable: true,
        description: "When the last of it was paid; null while something is due.",
      }),
      notes: t.exposeString("notes", {
        nullable: true,
        description: "A text for the customer, below the lines.",
      }),
      metadata: t.expose("metadata", {
        type: "JSONObject",
        description: "The merchant's own keys and values.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
  }),
);

relation("Invoice", "customer", { to: "Customer", by: "customerId", description: "Who owes it." });
relation("Invoice", "subscription", {
  to: "Subscription",
  by: "subscriptionId",
  description: "The subscription that it bills for; null when it is for something else.",
});

byIdQuery("invoice", "Invoice", Invoice, "The invoice with this id; null when there is none.");

const filter = builder.inputRef<InvoiceFilter>("InvoiceFilter").implement({
  description: "Which invoices.",
  fields: (t) => ({
    status: t.field({
      type: [InvoiceStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    customerId: t.id({ description: "Invoices of this customer." }),
    subscriptionId: t.id({ description: "Invoices of this subscription." }),
    currency: t.field({ type: "Currency", description: "Invoices in this currency." }),
    number: t.string({ description: "Exactly this number." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
    due: t.field({
      type: DateTimeRange,
      description:
        "Due in this span of time. Invoices without a due date are left out, even if it is open at both ends.",
    }),
  }),
});

const list = defineList(invoices, Invoice, filter, {
  CREATED_AT: "When the invoice was created.",
  DUE_AT: "When the invoice is due; those without a due date count as the latest.",
});

listQuery("invoices", list, "The invoices of all customers.");
listUnder(list, {
  parent: "Customer",
  name: "invoices",
  by: "customerId",
  description: "The customer's invoices.",
});
listUnder(list, {
  parent: "Subscription",
  name: "invoices",
  by: "subscriptionId",
  description: "The invoices that bill for the subscription.",
});
