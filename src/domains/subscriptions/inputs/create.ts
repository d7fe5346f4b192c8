import { type InputBuilder, input, metadataField } from "../../../graph/inputs.ts";
import {
  CustomerReferenceInput,
  PriceReferenceInput,
  ProductReferenceInput,
} from "../../../graph/references.ts";
import { BillingEndStrategy, CollectionMethod, ProrationMode } from "../schema/enums.ts";

/** What names the price of an item. */
export const pricingFields = (t: InputBuilder) => ({
  price: t.field({ type: PriceReferenceInput, description: "A recurring price that is active." }),
  product: t.field({
    type: ProductReferenceInput,
    description: "A product, in place of the price: then it is the product's default price.",
  }),
});

export const unitAmountField = (t: InputBuilder) =>
  t.field({
    type: "Decimal",
    description:
      "What the customer chose to pay for one unit, in minor units, within the minimum and the maximum of the price; only for prices with the model PAY_WHAT_YOU_WANT. What the price suggests unless said.",
  });

export const SubscriptionItemInput = input(
  "SubscriptionItemInput",
  "What a subscription bills for: a price, named by itself or by its product, and how many units of it.",
  (t) => ({
    ...pricingFields(t),
    quantity: t.field({
      type: "Decimal",
      description:
        "How many units: more than 0, at most 10^15, and no more than cost 10^13 minor units a period. 1 unless said.",
    }),
    unitAmount: unitAmountField(t),
    description: t.string({
      description: "What invoices call it, at most 500 characters; the name of the product unless said.",
    }),
    metadata: metadataField(t),
  }),
);

/** How a subscription ends by itself. */
export const billingEndFields = (t: InputBuilder) => ({
  billingEndStrategy: t.field({
    type: BillingEndStrategy,
    description: "How it ends by itself. Left out, it follows from the other two.",
  }),
  billingEndsOn: t.field({
    type: "DateTime",
    description: "When it ends, for ON_DATE; the last period is cut there.",
  }),
  billingMaxCycles: t.int({
    description: "How many periods it is billed for, for AFTER_CYCLES: at least 1.",
  }),
});

export const prorationModeField = (t: InputBuilder, description: string) =>
  t.field({ type: ProrationMode, description });

export const taxRateIdsField = (t: InputBuilder) =>
  t.idList({ description: "The tax rates of its invoices, all active; at most 10." });

export const CreateSubscriptionInput = input("CreateSubscriptionInput", "A new subscription.", (t) => ({
  customer: t.field({
    type: CustomerReferenceInput,
    required: true,
    description: "Who is billed; not archived.",
  }),
  items: t.field({
    type: [SubscriptionItemInput],
    required: true,
    description: "1 to 50 items, whose prices share one currency and one interval.",
  }),
  startDate: t.field({
    type: "DateTime",
    description:
      "When it starts: now unless said. In the past (2 years at most), the periods since then are billed one by one; in the future (10 years at most), it waits as PENDING.",
  }),
  trialDays: t.int({
    description:
      "How many days it runs before it is billed: 0 to 730. Unless said, the longest trial of its prices.",
  }),
  trialEnd: t.field({ type: "DateTime", description: "When the trial ends, in place of `trialDays`." }),
  billingAnchorDay: t.int({
    description:
      "The day of the month on which months and years are billed: 1 to 31, the last day in shorter months. Unless said, what the product says, or the day on which it is first billed. The start rule of each price says what the time before the first such day costs.",
  }),
  ...billingEndFields(t),
  discountCode: t.string({
    description:
      "The code of a discount that this customer may redeem, in any case. Its limits hold whatever is sent at once.",
  }),
  collectionMethod: t.field({
    type: CollectionMethod,
    description: "How it is paid: CHARGE_AUTOMATICALLY unless said.",
  }),
  taxRateIds: taxRateIdsField(t),
  prorationMode: prorationModeField(
    t,
    "What changes within a period do unless they say: IMMEDIATE unless said.",
  ),
  pauseAtPeriodEnd: t.boolean({ description: "Whether it is paused when its first period ends." }),
  cancelAtPeriodEnd: t.boolean({ description: "Whether it is canceled when its first period ends." }),
  metadata: metadataField(t),
}));
