import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads, shows } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Money } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type CreditNoteFilter, creditNotes } from "../loaders.ts";
import { CreditMethod, CreditNoteReason, CreditNoteStatus } from "./enums.ts";

interface Days {
  readonly daysTotal: number;
  readonly daysUnused: number;
}

const CreditNoteProration = builder.objectRef<Days>("CreditNoteProration").implement({
  description: "The part of a period that a credit note gives back.",
  fields: (t) => ({
    daysTotal: t.exposeInt("daysTotal", { description: "The days of the period, 1 to 366." }),
    daysUnused: t.exposeInt("daysUnused", { description: "Those of them that were not used." }),
  }),
});

export const CreditNote = entity(
  "CreditNote",
  "credit_notes:read",
  builder.prismaObject("CreditNote", {
    description: "What a customer is given back of an invoice that it paid, wholly or in part.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      number: t.exposeString("number", {
        description: "The number, unique in the environment and without gaps: `CN-000001`.",
      }),
      status: t.expose("status", { type: CreditNoteStatus, description: "Where it stands." }),
      currency: t.expose("currency", { type: "Currency", description: "The currency of its invoice." }),
      amount: t.field({
        type: Money,
        description: "What is given back, with tax.",
        ...shows({ amount: "amount", currency: "currency" }, "amount", "currency"),
        resolve: ({ amount, currency }) => ({ amount, currency }),
      }),
      taxAmount: t.field({
        type: Money,
        description: "The tax in the amount. The lines come to the rest.",
        ...shows({ amount: "taxAmount", currency: "currency" }, "taxAmount", "currency"),
        resolve: ({ taxAmount, currency }) => ({ amount: taxAmount, currency }),
      }),
      reason: t.exposeString("reason", { nullable: true, description: "Why, in words." }),
      reasonCode: t.expose("reasonCode", { type: CreditNoteReason, description: "Why, for programs." }),
      creditMethod: t.expose("creditMethod", { type: CreditMethod, description: "Where the money goes." }),
      proration: t.field({
        type: CreditNoteProration,
        nullable: true,
        description: "The part of a period that is given back; null when it is for something else.",
        ...reads("daysTotal", "daysUnused"),
        resolve: daysOf,
      }),
      idempotencyKey: t.exposeString("idempotencyKey", {
        nullable: true,
        description: "The caller's own key that it was created with.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      issuedAt: t.expose("issuedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was issued, by its customer's clock.",
      }),
      appliedAt: t.expose("appliedAt", {
        type: "DateTime",
        nullable: true,
        description: "When the money went back; null while it has not.",
      }),
      voidedAt: t.expose("voidedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was voided; null unless it was.",
      }),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

function daysOf({ daysTotal, daysUnused }: Row<"CreditNote">): Days | null {
  return daysTotal === null || daysUnused === null ? null : { daysTotal, daysUnused };
}

relation("CreditNote", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it gives back of.",
});
relation("CreditNote", "customer", { to: "Customer", by: "customerId", description: "Who is credited." });

byIdQuery("creditNote", "CreditNote", CreditNote, "The credit note with this id; null when there is none.");

const filter = builder.inputRef<CreditNoteFilter>("CreditNoteFilter").implement({
  description: "Which credit notes.",
  fields: (t) => ({
    status: t.field({
      type: [CreditNoteStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    invoiceId: t.id({ description: "Notes of this invoice." }),
    customerId: t.id({ description: "Notes of this customer." }),
    number: t.string({ description: "Exactly this number." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(creditNotes, CreditNote, filter, { CREATED_AT: "When the note was created." });

listQuery("creditNotes", list, "The credit notes of all customers.");
listUnder(list, {
  parent: "Invoice",
  name: "creditNotes",
  by: "invoiceId",
  description: "What was given back of the invoice.",
});
listUnder(list, {
  parent: "Customer",
  name: "creditNotes",
  by: "customerId",
  description: "What the customer was given back of its invoices.",
});
