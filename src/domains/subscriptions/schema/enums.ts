import type {
  BillingEndStrategy as EndStrategy,
  PauseBehavior as Pause,
  ProrationMode as Proration,
  SubscriptionStatus as Status,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export { CollectionMethod } from "../../../graph/values.ts";

export const SubscriptionStatus = describedEnum<Status>(
  "SubscriptionStatus",
  "Where a subscription stands. It starts PENDING, TRIALING or ACTIVE; EXPIRED is final.",
  {
    PENDING:
      "Has not started yet, or waits for its first payment. Goes on to TRIALING, ACTIVE, CANCELED or EXPIRED.",
    TRIALING: "In its free trial. Goes on to ACTIVE, PAST_DUE, PAUSED, CANCELED or EXPIRED.",
    ACTIVE: "Billed every period. Goes on to PAST_DUE, PAUSED, CANCELED or, at the end of its term, EXPIRED.",
    PAST_DUE:
      "A payment failed and is tried again. Goes back to ACTIVE, or on to UNPAID, CANCELED or EXPIRED.",
    PAUSED: "What it bills is not collected. Goes back to ACTIVE or TRIALING, or on to CANCELED or EXPIRED.",
    CANCELED:
      "Ended by the customer or the merchant. Goes back to ACTIVE or TRIALING while its last period runs.",
    UNPAID: "No payment could be had. Goes back to ACTIVE when it is paid, or on to CANCELED or EXPIRED.",
    EXPIRED: "Its term is over, or it was never paid. Final.",
  },
);

export const ProrationMode = describedEnum<Proration>(
  "ProrationMode",
  "What a change within a period that is charged in advance does to its money.",
  {
    IMMEDIATE:
      "The unused time at the old terms is credited and the rest of the period at the new ones is charged, on an invoice now. What that comes to below zero goes to the customer's balance.",
    NEXT_INVOICE: "The same two lines wait for the next invoice of the subscription.",
    NONE: "Nothing: the new terms are billed from the next period on.",
  },
);

export const BillingEndStrategy = describedEnum<EndStrategy>(
  "BillingEndStrategy",
  "How a subscription ends by itself.",
  {
    INDEFINITE: "It does not.",
    ON_DATE: "It expires at an instant.",
    AFTER_CYCLES: "It expires when it has been billed for so many periods and the last of them is over.",
  },
);

export const PauseBehavior = describedEnum<Pause>(
  "PauseBehavior",
  "What becomes of the invoices of a paused subscription.",
  {
    KEEP_AS_DRAFT: "They stay drafts, to be finalized by hand.",
    MARK_UNCOLLECTIBLE: "They are finalized and written off.",
    VOID: "They are finalized and void.",
  },
);
