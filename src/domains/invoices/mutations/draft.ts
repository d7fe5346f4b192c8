import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { input } from "../../../graph/inputs.ts";
import { createInvoice } from "../create-draft.ts";
import { deleteInvoice } from "../delete-draft.ts";
import type { Edited } from "../edit.ts";
import {
  AddInvoiceLinesInput,
  CreateInvoiceInput,
  RemoveInvoiceLineInput,
  UpdateInvoiceInput,
  UpdateInvoiceLineInput,
  invoiceField,
} from "../inputs.ts";
import { addInvoiceLines, removeInvoiceLine, updateInvoiceLine } from "../lines.ts";
import { updateInvoice } from "../update-draft.ts";
import { type InvoiceResult, invoicePayload } from "./payload.ts";

mutation<object, InvoiceResult>("createInvoice", {
  description:
    "Creates a draft for an active customer, with lines at prices of the catalog or for amounts of their own. All are in one currency. What the lines come to below zero goes to the customer's balance when the draft is finalized.",
  scope: "invoices:write",
  input: CreateInvoiceInput as never,
  payload: invoicePayload,
  run: async (sent, context) => ({ invoice: await createInvoice(context.database, writerOf(context), sent) }),
});

mutation<object, InvoiceResult>("updateInvoice", {
  description:
    "Changes what is sent of a draft. Refused once it is finalized: amounts are frozen then. One that was rejected is a draft again by it.",
  scope: "invoices:write",
  input: UpdateInvoiceInput as never,
  payload: invoicePayload,
  run: async (sent, context) => ({ invoice: await updateInvoice(context.database, writerOf(context), sent) }),
});

const DeleteInvoiceInput = input("DeleteInvoiceInput", "Which draft.", invoiceField);

mutation<{ invoice: unknown }, { deletedId: string }>("deleteInvoice", {
  description:
    "Deletes a draft with all that belongs to it; what was pending waits again. Refused for everything but a draft: void it instead.",
  scope: "invoices:write",
  input: DeleteInvoiceInput as never,
  payload: (t) => ({
    deletedId: t.id({
      nullable: true,
      description: "The id of the draft that is gone; null when it was refused.",
      resolve: ({ deletedId }) => deletedId ?? null,
    }),
  }),
  run: async (sent, context) => ({
    deletedId: await deleteInvoice(context.database, writerOf(context), sent),
  }),
});

const lineMutations = {
  addInvoiceLines: {
    run: addInvoiceLines,
    input: AddInvoiceLinesInput,
    description: "Adds lines to a draft, behind those that it has. All its amounts are computed again.",
  },
  updateInvoiceLine: {
    run: updateInvoiceLine,
    input: UpdateInvoiceLineInput,
    description:
      "Changes a line of a draft. All amounts of the invoice are computed again. A unit amount takes the place of the price.",
  },
  removeInvoiceLine: {
    run: removeInvoiceLine,
    input: RemoveInvoiceLineInput,
    description: "Takes a line off a draft. All amounts of the invoice are computed again.",
  },
};

for (const [name, { run, input: type, description }] of Object.entries(lineMutations)) {
  mutation<object, Pick<Edited, "invoice">>(name, {
    description,
    scope: "invoices:write",
    input: type as never,
    payload: invoicePayload,
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
