import { describedEnum } from "../../../graph/enums.ts";
import { type InputBuilder, expectedVersionField, input, metadataField } from "../../../graph/inputs.ts";
import { CollectionMethod, PauseBehavior } from "../schema/enums.ts";
import {
  SubscriptionItemInput,
  billingEndFields,
  pricingFields,
  prorationModeField,
  taxRateIdsField,
  unitAmountField,
} from "./create.ts";

const target = (t: InputBuilder) => ({
  subscriptionId: t.id({ required: true, description: "Which subscription." }),
  expectedVersion: expectedVersionField(t),
});

const mode = (t: InputBuilder) => ({
  prorationMode: prorationModeField(
    t,
    "What the change does to the money of the current period; what the subscription says unless said.",
  ),
});

const newQuantity =
  "How many units from now on: more than 0, at most 10^15, and no more than cost 10^13 minor units a period.";
const onlyItem = "Which item; it may be left out where there is one only.";

export const UpdateSubscriptionInput = input(
  "UpdateSubscriptionInput",
  "Changes of a subscription's terms. A field that is left out is left alone.",
  (t) => ({
    ...target(t),
    collectionMethod: t.field({
      type: CollectionMethod,
      description: "How its invoices are paid from now on.",
    }),
    prorationMode: prorationModeField(t, "What later changes within a period do unless they say."),
    taxRateIds: taxRateIdsField(t),
    ...billingEndFields(t),
    billingAnchorDay: t.int({
      description:
        "The day of the month on which it is billed from the end of the current period on: 1 to 31. The time up to the first such day is billed in part.",
    }),
    trialEnd: t.field({ type: "DateTime", description: "A new end of a trial that runs; in the future." }),
    pauseAtPeriodEnd: t.boolean({
      description:
        "Whether it is paused when the current period ends. Set only where it can be paused: ACTIVE and TRIALING.",
    }),
    metadata: metadataField(t),
    replaceMetadata: t.boolean({
      description: "true: `metadata` takes the place of what is stored. Merged unless said.",
    }),
  }),
);

export const DeleteSubscriptionInput = input("DeleteSubscriptionInput", "Which subscription.", target);

export const AddSubscriptionItemInput = input("AddSubscriptionItemInput", "An item to add.", (t) => ({
  ...target(t),
  item: t.field({
    type: SubscriptionItemInput,
    required: true,
    description: "The item; its price has the subscription's currency and interval.",
  }),
  ...mode(t),
}));

export const UpdateSubscriptionItemInput = input(
  "UpdateSubscriptionItemInput",
  "Changes of an item. A field that is left out is left alone.",
  (t) => ({
    ...target(t),
    itemId: t.id({ required: true, description: "Which item." }),
    ...pricingFields(t),
    quantity: t.field({ type: "Decimal", description: newQuantity }),
    unitAmount: unitAmountField(t),
    description: t.string({ description: "What invoices call it; null for the name of the product." }),
    metadata: metadataField(t),
    replaceMetadata: t.boolean({
      description: "true: `metadata` takes the place of what is stored. Merged unless said.",
    }),
    ...mode(t),
  }),
);

export const RemoveSubscriptionItemInput = input(
  "RemoveSubscriptionItemInput",
  "An item to remove.",
  (t) => ({
    ...target(t),
    itemId: t.id({ required: true, description: "Which item; not the last one." }),
    ...mode(t),
  }),
);

export const ChangeSubscriptionQuantityInput = input(
  "ChangeSubscriptionQuantityInput",
  "Another quantity of an item.",
  (t) => ({
    ...target(t),
    itemId: t.id({ description: onlyItem }),
    quantity: t.field({ type: "Decimal", required: true, description: newQuantity }),
    ...mode(t),
  }),
);

export const ChangeSubscriptionPlanInput = input(
  "ChangeSubscriptionPlanInput",
  "Another price for an item.",
  (t) => ({
    ...target(t),
    itemId: t.id({ description: onlyItem }),
    ...pricingFields(t),
    quantity: t.field({ type: "Decimal", description: `${newQuantity} As before unless said.` }),
    unitAmount: unitAmountField(t),
    ...mode(t),
  }),
);

export const PauseSubscriptionInput = input(
  "PauseSubscriptionInput",
  "How a subscription is paused.",
  (t) => ({
    ...target(t),
    behavior: t.field({
      type: PauseBehavior,
      description: "What becomes of its invoices meanwhile: KEEP_AS_DRAFT unless said.",
    }),
    resumesAt: t.field({
      type: "DateTime",
      description: "When it goes on by itself, after the pause has begun; never unless said.",
    }),
    atPeriodEnd: t.boolean({
      description: "Whether the pause begins when the current period ends, not now.",
    }),
  }),
);

export const ResumeSubscriptionInput = input("ResumeSubscriptionInput", "Which subscription.", target);

const CancelMode = describedEnum<"NOW" | "PERIOD_END" | "AT_DATE">(
  "SubscriptionCancelMode",
  "When a subscription is canceled.",
  {
    NOW: "At once: it ends, and what was used but not billed is billed.",
    PERIOD_END: "When the current period, or the trial, ends.",
    AT_DATE: "At the instant in `cancelAt`.",
  },
);

export const CancelSubscriptionInput = input(
  "CancelSubscriptionInput",
  "How a subscription is canceled.",
  (t) => ({
    ...target(t),
    mode: t.field({ type: CancelMode, required: true, description: "When it is canceled." }),
    cancelAt: t.field({ type: "DateTime", description: "The instant for AT_DATE, in the future." }),
    reason: t.string({ description: "Why, at most 500 characters." }),
    prorate: t.boolean({
      description:
        "With NOW: whether the unused time is credited to the customer's balance, after what is still to be billed. No unless said.",
    }),
  }),
);

export const ReactivateSubscriptionInput = input(
  "ReactivateSubscriptionInput",
  "Which subscription.",
  target,
);
