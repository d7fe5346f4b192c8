import type {
  BillingAnchorRule as AnchorRule,
  FirstChargeBehavior as FirstCharge,
  FulfillmentType as Fulfillment,
  ProductEndBehavior as EndBehavior,
  ProductKind as Kind,
  TaxBehavior as Behavior,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const ProductKind = describedEnum<Kind>("ProductKind", "How a product is sold. It never changes.", {
  SUBSCRIPTION: "Billed again and again while a subscription runs.",
  ONE_TIME: "Billed once.",
  USAGE: "Billed by what a meter measured.",
});

export const FulfillmentType = describedEnum<Fulfillment>("FulfillmentType", "How a product is delivered.", {
  NONE: "Not at all: it is a service.",
  DIGITAL: "As a download or an access.",
  PHYSICAL: "As a parcel.",
});

export const BillingAnchorRule = describedEnum<AnchorRule>(
  "BillingAnchorRule",
  "On which day the periods of a subscription start.",
  {
    SAME_DAY: "On the day of the month that it began on.",
    DAY_OF_MONTH: "On the day that is set; the last day in months that are shorter.",
    LAST_DAY: "On the last day of the month.",
  },
);

export const FirstChargeBehavior = describedEnum<FirstCharge>(
  "FirstChargeBehavior",
  "What is charged for the time before the first anchor.",
  {
    IMMEDIATE: "A whole period, at once.",
    NEXT_ANCHOR: "Nothing: the first charge is on the anchor.",
    PRORATE: "The share of the period that is left.",
  },
);

export const ProductEndBehavior = describedEnum<EndBehavior>(
  "ProductEndBehavior",
  "How long subscriptions last.",
  {
    UNTIL_CANCELED: "Until somebody cancels them.",
    FIXED_PAYMENTS: "For `maxPayments` payments.",
  },
);

export const TaxBehavior = describedEnum<Behavior>("TaxBehavior", "Whether amounts contain tax.", {
  INCLUSIVE: "They do.",
  EXCLUSIVE: "Tax comes on top.",
});
