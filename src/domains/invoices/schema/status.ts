import type { InvoiceStatus as Status } from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const InvoiceStatus = describedEnum<Status>(
  "InvoiceStatus",
  "Where an invoice stands. It starts as DRAFT; VOID, UNCOLLECTIBLE and REFUNDED are final.",
  {
    DRAFT: "Being put together; everything can change. Goes on to PENDING_APPROVAL or FINALIZED.",
    PENDING_APPROVAL: "Waits to be approved. Goes on to APPROVED or REJECTED.",
    REJECTED: "Was not approved. Can be edited again, as DRAFT.",
    APPROVED: "May be sent. Goes on to SENT or VOID.",
    FINALIZED: "Has its number, and its amounts are frozen. Goes on to APPROVED or VOID.",
    SENT: "Waits for payment. Goes on to PARTIALLY_PAID, PAID, OVERDUE, VOID or UNCOLLECTIBLE.",
    PARTIALLY_PAID: "A part is paid. Goes on to PAID, OVERDUE or REFUNDED.",
    PAID: "Nothing is due any more. Goes on to REFUNDED when all of it is given back.",
    OVERDUE:
      "Its due date has passed; it can still be paid. Goes on to PARTIALLY_PAID, PAID, VOID or UNCOLLECTIBLE.",
    VOID: "Declared to be worth nothing, before anything was paid. Final.",
    UNCOLLECTIBLE: "Written off. Final.",
    REFUNDED: "All that was paid was given back. Final.",
  },
);
