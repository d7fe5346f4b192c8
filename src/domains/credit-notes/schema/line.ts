import { builder } from "../../../graph/builder.ts";
import { shows } from "../../../graph/columns.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { Money } from "../../../graph/values.ts";
import { type CreditNoteLineFilter, amountOf, creditNoteLines } from "../loaders.ts";

const CreditNoteLine = entity(
  "CreditNoteLine",
  "credit_notes:read",
  builder.prismaObject("CreditNoteLine", {
    description: "One position of a credit note.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      position: t.exposeInt("position", {
        description: "Its place among the lines of the note; the smallest comes first.",
      }),
      description: t.exposeString("description", { description: "What is given back, for the customer." }),
      quantity: t.expose("quantity", { type: "Decimal", description: "How many units are given back." }),
      unitAmount: t.expose("unitAmount", {
        type: "Decimal",
        description: "What is given back for one unit, in minor units, before discounts and tax.",
      }),
      amount: t.field({
        type: Money,
        description:
          "What the line gives back, without its share of discounts and of credit that was used, and without tax. The lines add up to the note's amount less its tax.",
        ...shows({ amount: "amount", currency: "currency" }, "amount", "creditNoteId"),
        resolve: (line, _args, context) => amountOf(line, context),
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
    }),
  }),
);

relation("CreditNoteLine", "creditNote", {
  to: "CreditNote",
  by: "creditNoteId",
  description: "The note that it is part of.",
  nullable: false,
});
relation("CreditNoteLine", "invoiceLine", {
  to: "InvoiceLine",
  by: "invoiceLineId",
  description: "The line of the invoice that it gives back of; null for an amount of the whole invoice.",
});

byIdQuery(
  "creditNoteLine",
  "CreditNoteLine",
  CreditNoteLine,
  "The line of a credit note with this id; null when there is none.",
);

const filter = builder.inputRef<CreditNoteLineFilter>("CreditNoteLineFilter").implement({
  description: "Which lines of credit notes.",
  fields: (t) => ({
    invoiceLineId: t.id({ description: "Lines that give back of this line of an invoice." }),
  }),
});

const list = defineList(creditNoteLines, CreditNoteLine, filter, {
  POSITION: "The place on the credit note.",
});

listUnder(list, {
  parent: "CreditNote",
  name: "lines",
  by: "creditNoteId",
  description: "What the note gives back, by position.",
  nullable: false,
  inherit: ["currency"],
});
listUnder(list, {
  parent: "InvoiceLine",
  name: "creditNoteLines",
  by: "invoiceLineId",
  description: "What was given back of the line, void notes included.",
});
