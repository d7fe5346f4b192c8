import type {
  CollectionMethod as Method,
  SubscriptionStatus as Status,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const SubscriptionStatus = describedEnum<Status>(
  "SubscriptionStatus",
  "Where a subscription stands. It starts PENDING, TRIALING or ACTIVE; EXPIRED is final.",
  {
    PENDING:
      "Waits for its first payment. Goes on to TRIALING, ACTIVE or, when that payment never comes, EXPIRED.",
    TRIALING: "In its free trial. Goes on to ACTIVE, PAST_DUE, PAUSED or CANCELED.",
    ACTIVE: "Billed every period. Goes on to PAST_DUE, PAUSED, CANCELED or, at the end of its term, EXPIRED.",
    PAST_DUE: "A payment failed and is tried again. Goes back to ACTIVE, or on to UNPAID or CANCELED.",
    PAUSED: "Not billed for the time being. Goes back to ACTIVE, or on to CANCELED.",
    CANCELED: "Ended by the customer or the merchant. Can become ACTIVE again while its last period runs.",
    UNPAID: "No payment could be had. Goes back to ACTIVE when it is paid, or on to CANCELED or EXPIRED.",
    EXPIRED: "Its term is over, or it was never paid. Final.",
  },
);

export const CollectionMethod = describedEnum<Method>("CollectionMethod", "How a customer pays.", {
  CHARGE_AUTOMATICALLY: "The customer's payment method is charged when an invoice is finalized.",
  SEND_INVOICE: "The customer is sent the invoice and pays it by its due date.",
});
