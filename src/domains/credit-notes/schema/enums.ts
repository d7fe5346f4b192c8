import type {
  CreditMethod as Method,
  CreditNoteReason as Reason,
  CreditNoteStatus as Status,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const CreditNoteStatus = describedEnum<Status>(
  "CreditNoteStatus",
  "Where a credit note stands. It starts as ISSUED, or as APPLIED when it pays money back; APPLIED and VOID are final.",
  {
    DRAFT: "Being put together. Goes on to PENDING, ISSUED or VOID.",
    PENDING: "Waits to be issued. Goes on to ISSUED or VOID.",
    ISSUED: "Counts towards its invoice. Goes on to APPLIED or VOID.",
    APPLIED: "Done with: the money has gone back. Final.",
    VOID: "Taken back: it counts no more. Final.",
  },
);

export const CreditNoteReason = describedEnum<Reason>("CreditNoteReason", "Why a customer is credited.", {
  CUSTOMER_REQUEST: "The customer asked for it.",
  DUPLICATE_CHARGE: "It paid for the same thing twice.",
  SERVICE_ISSUE: "What it paid for was not as it should have been.",
  BILLING_ERROR: "The invoice was wrong.",
  SUBSCRIPTION_CANCELLATION: "Its subscription ended.",
  PRORATION: "A part of a period was not used.",
  OTHER: "Another reason.",
});

export const CreditMethod = describedEnum<Method>("CreditMethod", "Where the money of a credit note goes.", {
  REFUND_TO_PAYMENT_METHOD:
    "Back the way it was paid: a refund is noted among the payments of the invoice, and the note is APPLIED.",
  CUSTOMER_BALANCE: "Into the customer's balance, which pays for later invoices.",
  AMOUNT_DUE:
    "Off what is still due of the invoice, before it is paid. Only the billing engine makes such notes.",
  EXTERNAL: "The merchant sees to it elsewhere; nothing is noted but the note itself.",
});
