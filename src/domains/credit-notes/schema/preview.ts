import { builder } from "../../../graph/builder.ts";
import { Money } from "../../../graph/values.ts";
import type { PlannedLine } from "../plan.ts";
import type { CreditNotePreview } from "../preview.ts";
import { CreditEligibility } from "./eligibility.ts";
import { CreditMethod } from "./enums.ts";

const PreviewedCreditNoteLine = builder
  .objectRef<PlannedLine & { readonly currency: string }>("PreviewedCreditNoteLine")
  .implement({
    description: "A position of a credit note that is not made.",
    fields: (t) => ({
      invoiceLineId: t.exposeID("invoiceLineId", {
        nullable: true,
        description: "The id of the line of the invoice; null for an amount of the whole invoice.",
      }),
      description: t.exposeString("description", { description: "What would be given back." }),
      quantity: t.field({
        type: "Decimal",
        description: "How many units.",
        resolve: ({ quantity }) => quantity.toFixed(),
      }),
      unitAmount: t.field({
        type: "Decimal",
        description: "What would be given back for one, in minor units, before discounts and tax.",
        resolve: ({ unitAmount }) => unitAmount.toFixed(),
      }),
      amount: t.field({
        type: Money,
        description: "What the line would give back, without discounts and tax.",
        resolve: ({ amount, currency }) => ({ amount, currency }),
      }),
    }),
  });

const money = (description: string, value: (preview: CreditNotePreview) => bigint) => ({
  type: Money,
  description,
  resolve: (preview: CreditNotePreview) => ({ amount: value(preview), currency: preview.invoice.currency }),
});

const InvoiceAfterCredit = builder.objectRef<CreditNotePreview>("InvoiceAfterCredit").implement({
  description: "What an invoice would be like after a credit note.",
  fields: (t) => ({
    amountDue: t.field(
      money(
        "What would be due. A note gives back what was paid, and leaves that as it is.",
        ({ invoice }) => invoice.amountDue,
      ),
    ),
    amountCredited: t.field(
      money("What its notes would come to.", ({ invoice, amount }) => invoice.amountCredited + amount),
    ),
    wouldLeaveOutstanding: t.boolean({
      description: "Whether anything would still be due.",
      resolve: ({ invoice }) => invoice.amountDue > 0n,
    }),
  }),
});

export const PreviewedCreditNote = builder.objectRef<CreditNotePreview>("PreviewedCreditNote").implement({
  description: "A credit note as it would be. Nothing is written.",
  fields: (t) => ({
    amount: t.field(money("What would be given back, with tax.", ({ amount }) => amount)),
    taxAmount: t.field(money("The tax in it.", ({ taxAmount }) => taxAmount)),
    creditMethod: t.field({
      type: CreditMethod,
      description: "Where the money would go.",
      resolve: ({ input }) => input.creditMethod ?? "REFUND_TO_PAYMENT_METHOD",
    }),
    lines: t.field({
      type: [PreviewedCreditNoteLine],
      description: "Its lines.",
      resolve: ({ lines, invoice }) => lines.map((line) => ({ ...line, currency: invoice.currency })),
    }),
    maxCreditable: t.field(money("The most that it may come to.", ({ maxCreditable }) => maxCreditable)),
    exceedsMaxCreditable: t.boolean({
      description: "Whether it comes to more than that, and would be refused.",
      resolve: ({ exceedsMaxCreditable }) => exceedsMaxCreditable,
    }),
    eligibility: t.field({
      type: CreditEligibility,
      description: "How the invoice stands now.",
      resolve: ({ invoice }) => invoice,
    }),
    afterCredit: t.field({
      type: InvoiceAfterCredit,
      description: "How the invoice would stand then.",
      resolve: (preview) => preview,
    }),
  }),
});
