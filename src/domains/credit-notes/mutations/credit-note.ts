import { writerOf } from "../../../graph/context.ts";
import { mutation, preview } from "../../../graph/mutations.ts";
import { objectPayload } from "../../../graph/payloads.ts";
import { requireScope } from "../../../graph/plugins/scopes.ts";
import { type CreatedCreditNote, createCreditNote } from "../create.ts";
import { type CreditNotePreview, previewCreditNote } from "../preview.ts";
import { CreditNote } from "../schema/credit-note.ts";
import { PreviewedCreditNote } from "../schema/preview.ts";
import { voidCreditNote } from "../void.ts";
import { CreateCreditNoteInput, PreviewCreditNoteInput, VoidCreditNoteInput } from "./inputs.ts";

mutation<object, CreatedCreditNote>("createCreditNote", {
  description:
    "Gives a customer back what it paid for an invoice, all or a part, and issues a note about it. More than was paid and not given back is refused with `LimitExceeded`, however many requests come at once; an invoice of which nothing is paid, with ILLEGAL_STATE.",
  scope: "credit_notes:write",
  input: CreateCreditNoteInput as never,
  payload: (t) => ({
    creditNote: t.field({
      type: CreditNote,
      nullable: true,
      description: "The note, new or made by an earlier call with the same key; null when it was refused.",
      resolve: ({ creditNote }) => creditNote,
    }),
    created: t.boolean({
      description: "Whether the note is new.",
      resolve: ({ created }) => created ?? false,
    }),
    subscription: t.field({
      type: "BillingSubscription" as never,
      nullable: true,
      description: "The subscription that was canceled with the note; null when none was.",
      authScopes: { scope: "subscriptions:read" },
      resolve: (({ subscription }: Partial<CreatedCreditNote>) => subscription) as never,
    } as never),
  }),
  run: (input, context) => {
    if ((input as { cancelSubscription?: boolean }).cancelSubscription)
      requireScope(context, "subscriptions:write");
    return createCreditNote(context.database, writerOf(context), input);
  },
});

mutation<object, Pick<CreatedCreditNote, "creditNote">>("voidCreditNote", {
  description:
    "Takes a credit note back: its amount can be credited again. What it put into the customer's balance is taken out; refused when that is used by now. ISSUED → VOID; a note that is APPLIED is refused.",
  scope: "credit_notes:write",
  input: VoidCreditNoteInput as never,
  payload: objectPayload("creditNote", CreditNote, "The note after the call; null when it was refused."),
  run: (input, context) => voidCreditNote(context.database, writerOf(context), input),
});

preview<object, { readonly preview: CreditNotePreview }>("previewCreditNote", {
  description:
    "What `createCreditNote` would do with the same input. Writes nothing. A note that comes to too much is shown with `exceedsMaxCreditable`, also where nothing is paid.",
  scope: "credit_notes:read",
  input: PreviewCreditNoteInput as never,
  payload: (t) => ({
    preview: t.field({
      type: PreviewedCreditNote,
      nullable: true,
      description: "The note as it would be; null when the input was refused.",
      resolve: (result) => result.preview,
    }),
  }),
  run: async (sent, { reads, viewer }) => ({
    preview: await previewCreditNote(reads, viewer.environmentId, sent),
  }),
});
