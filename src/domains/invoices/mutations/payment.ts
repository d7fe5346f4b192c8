import type { Row } from "../../../db/datamodel.ts";
import { writerOf } from "../../../graph/context.ts";
import { input } from "../../../graph/inputs.ts";
import { mutation } from "../../../graph/mutations.ts";
import { objectPayload } from "../../../graph/payloads.ts";
import { addInvoiceComment } from "../comments.ts";
import { invoiceField } from "../inputs.ts";
import { payInvoice } from "../pay.ts";
import { refundInvoice } from "../refund.ts";
import { InvoiceComment } from "../schema/comment.ts";
import { InvoicePayment } from "../schema/payment.ts";
import { type InvoiceResult, invoicePayload } from "./payload.ts";

const PayInvoiceInput = input("PayInvoiceInput", "A payment that came in.", (t) => ({
  ...invoiceField(t),
  amount: t.field({
    type: "SafeInt",
    description: "How much, in minor units: at least 1, and at most what is due. All of that unless said.",
  }),
  method: t.string({
    required: true,
    description: "How: `bank_transfer`, `cash`, `cheque` …; at most 50 characters.",
  }),
  reference: t.string({ description: "What it is known by elsewhere, at most 255 characters." }),
  notes: t.string({ description: "Notes of the merchant, at most 1,000 characters." }),
  paidAt: t.field({ type: "DateTime", description: "When it came in; now unless said. Not in the future." }),
}));

const RefundInvoiceInput = input("RefundInvoiceInput", "A refund.", (t) => ({
  ...invoiceField(t),
  amount: t.field({
    type: "SafeInt",
    description:
      "How much, in minor units: at least 1, and at most what was paid and not given back. All of that unless said.",
  }),
  method: t.string({ description: "How: `manual` unless said; at most 50 characters." }),
  reference: t.string({ description: "What it is known by elsewhere, at most 255 characters." }),
  reason: t.string({ description: "Why, at most 500 characters." }),
}));

interface PaymentResult extends InvoiceResult {
  readonly payment: Row<"InvoicePayment">;
}

const payments = {
  payInvoice: {
    run: payInvoice,
    input: PayInvoiceInput,
    description:
      "Notes a payment that came in by hand: cash, a cheque, a transfer. A part makes the invoice PARTIALLY_PAID, all that is due makes it PAID. More than is due is refused with `LimitExceeded`.",
  },
  refundInvoice: {
    run: refundInvoice,
    input: RefundInvoiceInput,
    description:
      "Notes that money went back to the customer. More than is left of what was paid is refused with `LimitExceeded`; when nothing is left, the invoice is REFUNDED. PAID or PARTIALLY_PAID only.",
  },
};

for (const [name, { run, input: type, description }] of Object.entries(payments)) {
  mutation<object, PaymentResult>(name, {
    description,
    scope: "invoices:write",
    input: type as never,
    payload: (t) => ({
      ...invoicePayload(t as never),
      payment: t.field({
        type: InvoicePayment,
        nullable: true,
        description: "What was noted; null when it was refused.",
        resolve: ({ payment }) => payment,
      }),
    }),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}

const AddInvoiceCommentInput = input("AddInvoiceCommentInput", "A remark on an invoice.", (t) => ({
  ...invoiceField(t),
  content: t.string({ required: true, description: "The text, at most 5,000 characters." }),
  internal: t.boolean({ description: "Whether only the merchant is to see it. false unless said." }),
}));

mutation<object, { comment: Row<"InvoiceComment"> }>("addInvoiceComment", {
  description: "Adds a remark to an invoice, in whatever state it is.",
  scope: "invoices:write",
  input: AddInvoiceCommentInput as never,
  payload: objectPayload("comment", InvoiceComment, "The comment; null when it was refused."),
  run: async (sent, context) => ({
    comment: await addInvoiceComment(context.database, writerOf(context), sent),
  }),
});
