import type { InvoiceStatus as Status } from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const InvoiceStatus = describedEnum<Status>(
  "InvoiceStatus",
  "Where an invoice stands. It starts as DRAFT; VOID and REFUNDED are final. Another move than those named here is an `IllegalTransition`.",
  {
    DRAFT: "Being put together; everything can change. Goes on to PENDING_APPROVAL, FINALIZED or PAID.",
    PENDING_APPROVAL: "Waits to be approved, and can still be edited. Goes on to APPROVED or REJECTED.",
    REJECTED: "Was not approved. Goes on to DRAFT when it is edited, or to PENDING_APPROVAL.",
    APPROVED: "May be sent. Goes on to SENT, PARTIALLY_PAID, PAID or VOID.",
    FINALIZED:
      "Has its number, and its amounts are frozen. Goes on to APPROVED, PARTIALLY_PAID, PAID or VOID.",
    SENT: "Waits for payment. Goes on to PARTIALLY_PAID, PAID, OVERDUE, VOID or UNCOLLECTIBLE.",
    PARTIALLY_PAID: "A part is paid. Goes on to PAID, OVERDUE or REFUNDED.",
    PAID: "Nothing is due any more. Goes on to REFUNDED when all of it is given back.",
    OVERDUE:
      "Its due date has passed; it can still be paid. Goes on to PAID, VOID, UNCOLLECTIBLE or, where a part is paid, REFUNDED.",
    VOID: "Declared to be worth nothing, before anything was paid. Final.",
    UNCOLLECTIBLE:
      "Written off. Goes on to PAID should it be paid after all, or to REFUNDED when a part that was paid is given back.",
    REFUNDED: "All that was paid was given back. Final.",
  },
);
