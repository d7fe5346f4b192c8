import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../../graph/inputs.ts";
import { ProductReferenceInput } from "../../../graph/references.ts";
import { UsageConditionInput } from "../../../graph/usage-conditions.ts";
import { BillingInterval } from "../../../graph/values.ts";
import { BillingScheme, PackageRounding, PriceType, PricingModel, TiersMode } from "../schema/price-enums.ts";
import { FirstChargeBehavior } from "../schema/product-enums.ts";

const PriceTierInput = input("PriceTierInput", "One tier of a price.", (t) => ({
  upTo: t.field({
    type: "Decimal",
    description: "The last unit of the tier, which belongs to it. Left out for the last tier.",
  }),
  unitAmount: t.field({ type: "Decimal", description: "What one unit costs, in minor units." }),
  flatAmount: t.field({ type: "Decimal", description: "What the tier costs as a whole, in minor units." }),
}));

/** The input fields that make a price what it is. */
function definitionFields(t: InputBuilder) {
  return {
    type: t.field({
      type: PriceType,
      required: true,
      description: "Whether it is billed once or again and again.",
    }),
    pricingModel: t.field({
      type: PricingModel,
      description: "How the amount comes about. FIXED unless said.",
    }),
    billingScheme: t.field({
      type: BillingScheme,
      description:
        "How the quantity becomes an amount. PER_UNIT unless said; always PER_UNIT for what is not FIXED.",
    }),
    currency: t.field({ type: "Currency", description: "The currency. USD unless said." }),
    unitAmount: t.field({
      type: "Decimal",
      description:
        'What one unit, or one package, costs, in minor units, at most 10^13 as all that prices say: `"0.25"` in USD is a quarter of a cent. Needed for PER_UNIT and PACKAGE; what is proposed for PAY_WHAT_YOU_WANT.',
    }),
    tiersMode: t.field({ type: TiersMode, description: "How tiers price a quantity. Needed for TIERED." }),
    tiers: t.field({
      type: [PriceTierInput],
      description: "2 to 50 tiers, from the smallest `upTo` to the last, which has none. Needed for TIERED.",
    }),
    packageSize: t.field({
      type: "Decimal",
      description: "How many units a package holds. Needed for PACKAGE.",
    }),
    packageRounding: t.field({
      type: PackageRounding,
      description: "Whether a package that was begun counts. UP unless said.",
    }),
    percentageBps: t.int({
      description:
        "Hundredths of a percent, 0 to 10,000, of the quantity, which is an amount. Needed for PERCENTAGE.",
    }),
    chargeFlatOnZero: t.boolean({
      description: "Whether the first tier's flat amount is charged for no units at all. true unless said.",
    }),
    interval: t.field({
      type: BillingInterval,
      description: "The unit of time it repeats in. Needed for RECURRING.",
    }),
    intervalCount: t.int({ description: "How many intervals a period has, 1 to 12. 1 unless said." }),
    trialPeriodDays: t.int({
      description: "Days that a new subscription runs for free, 0 to 730. 0 unless said.",
    }),
    minimumAmount: t.field({
      type: "SafeInt",
      description: "The least a customer may choose, in minor units.",
    }),
    maximumAmount: t.field({
      type: "SafeInt",
      description: "The most a customer may choose, in minor units.",
    }),
    suggestedAmount: t.field({
      type: "SafeInt",
      description: "The amount that is proposed, in minor units.",
    }),
    presetAmounts: t.field({
      type: ["SafeInt"],
      description: "At most 10 amounts to choose from, in minor units.",
    }),
    spendingMinimum: t.field({
      type: "SafeInt",
      description: "The least that a period is charged, in minor units, however little was used.",
    }),
    payInAdvance: t.boolean({
      description:
        "Whether a period is billed at its start (true unless said) or at its end. With a meter: whether usage is billed while the period runs (false unless said), or all of it at the end.",
    }),
    startRule: t.field({
      type: FirstChargeBehavior,
      description: "What is charged for the time before the first anchor. IMMEDIATE unless said.",
    }),
    usageFilter: t.field({
      type: [UsageConditionInput],
      description:
        "Which events of the meter count: those that meet all of at most 20 conditions. Of several prices of one meter on a subscription the one with the most conditions counts an event, and one without any counts those that are left. Only with a meter.",
    }),
    filterPriority: t.int({
      description:
        "Of two filters with as many conditions the one with the larger number counts an event: 0 to 1,000, 0 unless said. Only with a meter.",
    }),
    billZeroUsage: t.boolean({
      description:
        "Whether a period in which nothing was used has a line that says so; true unless said. What is due without usage, such as a minimum, always has one. Only with a meter.",
    }),
  };
}

const labelFields = (t: InputBuilder) => ({
  name: t.string({ description: "A name that customers see, at most 255 characters." }),
  nickname: t.string({ description: "A name that customers do not see, at most 100 characters." }),
  description: t.string({ description: "What it is for, at most 5,000 characters." }),
  lookupKey: t.string({
    description: "The merchant's own key, at most 100 characters; unique among active prices.",
  }),
  metadata: metadataField(t),
});

export const PriceDefinitionInput = input(
  "PriceDefinitionInput",
  "What makes a price what it is. None of it changes later.",
  definitionFields,
);

export const CreatePriceInput = input("CreatePriceInput", "A new price.", (t) => ({
  product: t.field({ type: ProductReferenceInput, required: true, description: "What is sold at it." }),
  meterId: t.id({ description: "The meter whose figure is the quantity; left out where it is agreed." }),
  ...definitionFields(t),
  ...labelFields(t),
}));

export const ReplacePriceInput = input(
  "ReplacePriceInput",
  "A price that takes the place of another one.",
  (t) => ({
    priceId: t.id({ required: true, description: "The price that goes." }),
    ...definitionFields(t),
  }),
);

export const UpdatePriceInput = input(
  "UpdatePriceInput",
  `Changes of a price's labels. ${leftAlone}`,
  (t) => ({
    priceId: t.id({ required: true, description: "Which price." }),
    ...labelFields(t),
    active: t.boolean({ description: "Whether it can be sold." }),
    replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
    expectedVersion: expectedVersionField(t),
  }),
);

export const ArchivePriceInput = input("ArchivePriceInput", "Which price.", (t) => ({
  priceId: t.id({ required: true, description: "Which price." }),
}));
