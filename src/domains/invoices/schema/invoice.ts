import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads, shows } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { DocumentLinkType } from "../../../graph/document-link.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { CollectionMethod, DateTimeRange, Money, Period, periodOf } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type InvoiceFilter, invoices } from "../loaders.ts";
import { BillingReason } from "./enums.ts";
import { ExternalRecord, externalOf } from "./external.ts";
import { InvoiceStatus } from "./status.ts";
import { SubscriptionTermsType } from "./terms.ts";

type AmountField =
  | "subtotal"
  | "discount"
  | "prepaidCredit"
  | "credit"
  | "tax"
  | "taxIncluded"
  | "total"
  | "amountPaid"
  | "amountDue"
  | "amountAdjusted"
  | "amountCredited"
  | "amountRefunded";

/** A field of type Money from a column that holds minor units of the invoice's currency. */
const money = (field: AmountField, description: string) => ({
  type: Money,
  description,
  ...shows({ amount: field, currency: "currency" }, field, "currency"),
  resolve: (invoice: Row<"Invoice">) => ({ amount: invoice[field], currency: invoice.currency }),
});

export const Invoice = entity(
  "Invoice",
  "invoices:read",
  builder.prismaObject("Invoice", {
    description: "What a customer owes, and for what. All its amounts are in one currency.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      number: t.exposeString("number", {
        nullable: true,
        description:
          "The number, unique in the environment and without gaps; null until it is finalized. Invoices of other systems keep theirs.",
      }),
      version: t.exposeInt("version", {
        description:
          "Starts at 1 and grows by one with every change. Give it as `expectedVersion` to guard an update.",
      }),
      status: t.expose("status", { type: InvoiceStatus, description: "Where it stands." }),
      currency: t.expose("currency", { type: "Currency", description: "The currency of all its amounts." }),
      subtotal: t.field(money("subtotal", "The sum of the lines, before discount and tax.")),
      discount: t.field(money("discount", "What the discounts take off the lines.")),
      prepaidCredit: t.field(
        money("prepaidCredit", "What wallets pay of it, after discounts and before taxes."),
      ),
      credit: t.field(money("credit", "What is paid from the customer's balance, taxes included.")),
      tax: t.field(money("tax", "The tax on top of what the lines cost after discounts.")),
      taxIncluded: t.field(money("taxIncluded", "The tax that the lines contain; part of the total.")),
      total: t.field(
        money("total", "Subtotal less discount and prepaid credit, plus tax, less credit. Never below zero."),
      ),
      amountPaid: t.field(money("amountPaid", "What has been paid, at most the total.")),
      amountDue: t.field(
        money(
          "amountDue",
          "What is still to be paid: at most the total less what has been paid and what `amountAdjusted` took off.",
        ),
      ),
      amountAdjusted: t.field(
        money(
          "amountAdjusted",
          "What credit notes with the method AMOUNT_DUE took off what was due, because it is not owed any more.",
        ),
      ),
      amountCredited: t.field(
        money("amountCredited", "What credit notes take back of what was paid; never more than that."),
      ),
      amountRefunded: t.field(money("amountRefunded", "What was paid back; never more than was paid.")),
      billingReason: t.expose("billingReason", { type: BillingReason, description: "What made it." }),
      collectionMethod: t.expose("collectionMethod", {
        type: CollectionMethod,
        description: "Whether the customer pays it, or is charged for it.",
      }),
      allowedMethods: t.exposeStringList("allowedMethods", {
        description: "How it can be paid, such as `card`; any way when empty.",
      }),
      customerSnapshot: t.expose("customerSnapshot", {
        type: "JSONObject",
        nullable: true,
        description: "The customer as it was when the invoice was finalized; null before that.",
      }),
      sellerSnapshot: t.expose("sellerSnapshot", {
        type: "JSONObject",
        nullable: true,
        description: "The seller as it was when the invoice was finalized; null before that.",
      }),
      subscriptionTerms: t.field({
        type: SubscriptionTermsType,
        nullable: true,
        description: "What a subscription shall be like that comes from it; null when none does.",
        ...reads("subscriptionTerms"),
        resolve: ({ subscriptionTerms }) => subscriptionTerms as never,
      }),
      external: t.field({
        type: ExternalRecord,
        nullable: true,
        description: "The record of another system that it mirrors; null when it is our own.",
        ...reads("externalSource", "externalId", "externalType", "externalUpdatedAt"),
        resolve: externalOf,
      }),
      pdf: t.field({
        type: DocumentLinkType,
        description: "A link to the invoice as a PDF. A draft is marked as one.",
        ...reads("id"),
        resolve: ({ id }, _args, { linkTo }) => linkTo(id, "pdf"),
      }),
      html: t.field({
        type: DocumentLinkType,
        description:
          "A link to the invoice as a page that can be read and printed. A draft is marked as one.",
        ...reads("id"),
        resolve: ({ id }, _args, { linkTo }) => linkTo(id, "html"),
      }),
      period: t.field({
        type: Period,
        nullable: true,
        description: "The span of time that is billed; null when it bills for none.",
        ...reads("periodStart", "periodEnd"),
        resolve: periodOf,
      }),
      issuedAt: t.expose("issuedAt", {
        type: "DateTime",
        nullable: true,
        description:
          "The date of the invoice: when it was finalized, unless another system says so. null for a draft.",
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
      submittedAt: t.expose("submittedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was last submitted for approval.",
      }),
      approvedAt: t.expose("approvedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was approved.",
      }),
      rejectedAt: t.expose("rejectedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was rejected; null once it is submitted again.",
      }),
      finalizedAt: t.expose("finalizedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was finalized: it has not changed since but for its payments.",
      }),
      sentAt: t.expose("sentAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was last sent.",
      }),
      overdueAt: t.expose("overdueAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was marked as overdue.",
      }),
      voidedAt: t.expose("voidedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was voided.",
      }),
      uncollectibleAt: t.expose("uncollectibleAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was written off.",
      }),
      rejectionReason: t.exposeString("rejectionReason", {
        nullable: true,
        description: "Why it was rejected.",
      }),
      voidReason: t.exposeString("voidReason", { nullable: true, description: "Why it was voided." }),
      notes: t.exposeString("notes", {
        nullable: true,
        description: "A text for the customer, below the lines.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      customFields: t.expose("customFields", {
        type: "JSONObject",
        description: "Values by key that dashboards show as columns: texts, numbers or booleans.",
      }),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

relation("Invoice", "customer", { to: "Customer", by: "customerId", description: "Who owes it." });
relation("Invoice", "subscription", {
  to: "BillingSubscription",
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
    billingReason: t.field({
      type: [BillingReason],
      description: "Made for one of these reasons. An empty list matches nothing.",
    }),
    externalSource: t.string({ description: "Mirrors a record of this system." }),
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
  parent: "BillingSubscription",
  name: "invoices",
  by: "subscriptionId",
  description: "The invoices that bill for the subscription.",
});
