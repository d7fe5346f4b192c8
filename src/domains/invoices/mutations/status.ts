import type { InputRef } from "@pothos/core";
import type { TransactionHost, Writer } from "../../../db/transaction.ts";
import { writerOf } from "../../../graph/context.ts";
import { type InputBuilder, input } from "../../../graph/inputs.ts";
import { mutation } from "../../../graph/mutations.ts";
import { approveInvoice, rejectInvoice, submitInvoiceForApproval } from "../approval.ts";
import { markInvoiceUncollectible, voidInvoice } from "../close.ts";
import type { InvoiceRow } from "../compose.ts";
import { finalizeInvoice } from "../finalize.ts";
import { invoiceField } from "../inputs.ts";
import { InvoiceChannel } from "../schema/delivery.ts";
import { sendInvoice } from "../send.ts";
import { type InvoiceResult, invoicePayload } from "./payload.ts";

/** Declares a mutation that moves an invoice on. */
function move(
  name: string,
  description: string,
  run: (host: TransactionHost, writer: Writer, sent: never) => Promise<InvoiceRow>,
  fields: (t: InputBuilder) => object = () => ({}),
): void {
  const inputName = `${name.replace(/^./, (letter) => letter.toUpperCase())}Input`;
  const type = input(inputName, "Which invoice.", (t) => ({ ...invoiceField(t), ...fields(t) }));
  mutation<object, InvoiceResult>(name, {
    description,
    scope: "invoices:write",
    input: type as InputRef<never>,
    payload: invoicePayload,
    run: async (sent, context) => ({
      invoice: await run(context.database, writerOf(context), sent as never),
    }),
  });
}

const reasonField = (description: string) => (t: InputBuilder) => ({
  reason: t.string({ description: `${description} At most 500 characters.` }),
});

move(
  "finalizeInvoice",
  "Finalizes a draft that has lines: it gets its number and public token, uses the customer's credit, keeps customer and seller as they are now, and its amounts do not change any more. With nothing to pay it is paid at once. DRAFT → FINALIZED, APPROVED or PAID.",
  finalizeInvoice,
  (t) => ({ autoAdvance: t.boolean({ description: "Whether it is approved at once. false unless said." }) }),
);
move(
  "submitInvoiceForApproval",
  "Asks somebody to approve a draft. DRAFT or REJECTED → PENDING_APPROVAL.",
  submitInvoiceForApproval,
);
move(
  "approveInvoice",
  "Approves an invoice, so that it may be sent. One that was submitted is finalized by it, with all that this does. PENDING_APPROVAL or FINALIZED → APPROVED.",
  approveInvoice,
);
move(
  "rejectInvoice",
  "Gives an invoice that was submitted back. PENDING_APPROVAL → REJECTED; editing it makes it a draft again.",
  rejectInvoice,
  reasonField("Why."),
);
move(
  "sendInvoice",
  "Sends an approved invoice to its customer, or sends it again, and notes where to. Refused with CONTACT_MISSING when the customer cannot be reached that way. APPROVED → SENT.",
  sendInvoice,
  (t) => ({
    channel: t.field({ type: InvoiceChannel, description: "How. EMAIL unless said." }),
    templateId: t.id({ description: "The template of the message, a UUID; the usual one unless said." }),
  }),
);
move(
  "voidInvoice",
  "Declares an invoice to be worth nothing, before anything was paid. Its number stays used; credit that it took goes back to the customer's balance. FINALIZED, APPROVED, SENT or OVERDUE → VOID.",
  voidInvoice,
  reasonField("Why."),
);
move(
  "markInvoiceUncollectible",
  "Writes an invoice off that will not be paid. Should it be paid after all, `payInvoice` still takes it. SENT or OVERDUE → UNCOLLECTIBLE.",
  markInvoiceUncollectible,
);
