import { type InputBuilder, input, metadataField, oneOf } from "../../../graph/inputs.ts";
import { InvoiceReferenceInput } from "../../../graph/references.ts";
import { CreditMethod, CreditNoteReason } from "../schema/enums.ts";

const CreditNoteReferenceInput = oneOf(
  "CreditNoteReference",
  "Names a credit note, by one of these.",
  (t) => ({
    id: t.id({ description: "The id, a UUID." }),
    number: t.string({ description: "The number." }),
  }),
);

const CreditNoteLineInput = input(
  "CreditNoteLineInput",
  "What is given back of a line of an invoice: all that is left of it unless a quantity or an amount is given.",
  (t) => ({
    line: t.id({ required: true, description: "The id of the line." }),
    quantity: t.field({
      type: "Decimal",
      description: "How many units, above 0. Each is its part of what the line costs.",
    }),
    amount: t.field({
      type: "SafeInt",
      description:
        "How much of what the line costs, in minor units, at least 1. Discounts and tax go with it in proportion.",
    }),
  }),
);

const CreditNoteProrationInput = input(
  "CreditNoteProrationInput",
  "The part of a period that is given back.",
  (t) => ({
    daysTotal: t.int({ required: true, description: "The days of the period, 1 to 366." }),
    daysUnused: t.int({
      required: true,
      description: "Those of them that were not used, from 0 to all of them.",
    }),
  }),
);

/** What a note gives back, and how. */
const planFields = (t: InputBuilder) => ({
  invoice: t.field({
    type: InvoiceReferenceInput,
    required: true,
    description: "Which invoice: one of which something is paid.",
  }),
  amount: t.field({
    type: "SafeInt",
    description:
      "What is given back, with tax, in minor units: 1 to 2,000,000,000. Left out, the lines or the proration tell.",
  }),
  taxAmount: t.field({
    type: "SafeInt",
    description: "The tax in the amount, from 0 to all of it. The invoice's tax in proportion unless said.",
  }),
  lines: t.field({
    type: [CreditNoteLineInput],
    description:
      "The lines of the invoice that are given back: 1 to 250, each once. Not together with an amount.",
  }),
  proration: t.field({
    type: CreditNoteProrationInput,
    description:
      "The note is for unused days: their share of each line, or of the invoice when no lines are given. With an amount it is only noted.",
  }),
  reason: t.string({ description: "Why, in words; at most 500 characters." }),
  reasonCode: t.field({
    type: CreditNoteReason,
    description: "Why, for programs. Unless said, PRORATION for unused days, and OTHER for anything else.",
  }),
  creditMethod: t.field({
    type: CreditMethod,
    description: "Where the money goes. REFUND_TO_PAYMENT_METHOD unless said.",
  }),
});

export const PreviewCreditNoteInput = input("PreviewCreditNoteInput", "A credit note to try.", planFields);

export const CreateCreditNoteInput = input("CreateCreditNoteInput", "A new credit note.", (t) => ({
  ...planFields(t),
  cancelSubscription: t.boolean({
    description:
      "Whether the invoice's subscription is canceled now as well, without crediting its unused time: that is what the note is for. What was used in arrears is billed. Asks for the scope `subscriptions:write`, too. No unless said.",
  }),
  metadata: metadataField(t),
  idempotencyKey: t.string({
    description:
      "Your own key, at most 255 characters: the same content again gives the same note, other content is an `IdempotencyConflict`. It never expires.",
  }),
}));

export const VoidCreditNoteInput = input("VoidCreditNoteInput", "Which credit note.", (t) => ({
  creditNote: t.field({ type: CreditNoteReferenceInput, required: true, description: "Which credit note." }),
}));
