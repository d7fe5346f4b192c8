import type {
  BenefitType as Type,
  GrantEffect as Effect,
  ResetPeriod as Reset,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";
import type { Source } from "../access/combine.ts";
import type {
  AccessLevel as Level,
  AccessReason as Reason,
  EntitlementStatus as Status,
} from "../access/status.ts";

export const BenefitType = describedEnum<Type>("BenefitType", "What a benefit gives. It never changes.", {
  BOOLEAN: "Access, and nothing else.",
  STATIC: "Access with settings for the merchant's product to read: `config`.",
  METERED: "So many units of what a meter measures in a span of time.",
  SEATS:
    "Seats for people, which are assigned one by one; `limit` of them for each unit of an item of a subscription.",
  QUOTA:
    "Room for things that are kept, such as projects: `changeQuota` counts them, and nothing resets them.",
});

export const ResetPeriod = describedEnum<Reset>(
  "ResetPeriod",
  "Over which span usage is counted against a limit. Calendar units are those of the subscription's time zone, or of the customer's for what is given by hand.",
  {
    NEVER: "From the start of the subscription, or of the grant, on.",
    DAY: "The calendar day.",
    WEEK: "The calendar week, which begins on Monday.",
    MONTH: "The calendar month.",
    YEAR: "The calendar year.",
    BILLING_PERIOD: "The current period of the subscription; the calendar month for what is given by hand.",
  },
);

export const GrantEffect = describedEnum<Effect>("GrantEffect", "What is done by hand.", {
  ALLOW: "The benefit is given, beside what subscriptions give.",
  DENY: "The benefit is withheld, whatever subscriptions give.",
});

export const AccessLevel = describedEnum<Level>("AccessLevel", "How far a customer is to be let in.", {
  FULL: "All of it.",
  PARTIAL: "A part: what that is, the merchant's product decides. Payments have failed for days.",
  NONE: "Nothing.",
});

export const EntitlementStatus = describedEnum<Status>(
  "EntitlementStatus",
  "The state of an entitlement, which follows from that of the subscription or the grant that decides.",
  {
    ACTIVE: "The subscription is ACTIVE, or the benefit is granted by hand.",
    TRIALING: "The subscription is in its trial.",
    GRACE: "A payment failed, and the day of the second retry has not come: full access.",
    PAST_DUE: "Payments failed until the day of the second retry, and are tried again: partial access.",
    RESTRICTED: "All retries failed, and the days of grace have not ended: partial access.",
    SUSPENDED: "The subscription is PENDING, PAUSED or UNPAID: no access until it goes on.",
    CANCELED: "The subscription has ended, or the grant has expired or was revoked: no access.",
  },
);

export const EntitlementReason = describedEnum<Reason>(
  "EntitlementReason",
  "Why a customer is entitled, or is not. New reasons may be added.",
  {
    ENTITLED: "It has access, and what is counted leaves room.",
    OVERAGE: "The limit is used up, and may be exceeded.",
    LIMIT_REACHED: "The limit does not leave room for any more, or not for the quantity that was asked for.",
    NO_SEAT: "The person has no seat, or has one of those that are too many since there are fewer.",
    NOT_GRANTED: "Nothing gives the customer the benefit.",
    UNKNOWN_BENEFIT: "No benefit has this key.",
    EXPIRED: "The grant by hand has expired.",
    REVOKED: "The benefit was revoked by hand.",
    PAYMENT_PENDING: "The subscription waits for its first payment.",
    PAYMENT_FAILED: "The subscription is UNPAID: all retries failed.",
    PAUSED: "The subscription is paused.",
    SUBSCRIPTION_ENDED: "The subscription was canceled or has expired.",
    CUSTOMER_ARCHIVED: "The customer is archived.",
  },
);

export const EntitlementSourceKind = describedEnum<Source["kind"]>(
  "EntitlementSourceKind",
  "What gives a customer a benefit.",
  { SUBSCRIPTION: "An item of a subscription to a product.", GRANT: "A grant, or a denial, by hand." },
);
