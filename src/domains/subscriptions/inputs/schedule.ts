import { type InputBuilder, expectedVersionField, input, metadataField } from "../../../graph/inputs.ts";
import { CustomerReferenceInput } from "../../../graph/references.ts";
import { CollectionMethod } from "../schema/enums.ts";
import { ScheduleEndBehavior } from "../schema/schedule-enums.ts";
import { pricingFields, prorationModeField } from "./create.ts";

const PhaseItemInput = input("SubscriptionPhaseItemInput", "What a phase bills for.", (t) => ({
  ...pricingFields(t),
  quantity: t.field({
    type: "Decimal",
    description:
      "How many units: more than 0, at most 10^15, and no more than cost 10^13 minor units a period. 1 unless said.",
  }),
}));

const PhaseInput = input("SubscriptionPhaseInput", "A phase of a schedule.", (t) => ({
  items: t.field({
    type: [PhaseItemInput],
    required: true,
    description: "1 to 50 items that share one interval; all phases share one currency.",
  }),
  startsAt: t.field({
    type: "DateTime",
    description: "When it starts. It may be left out: each phase starts where the one before ends.",
  }),
  endsAt: t.field({ type: "DateTime", description: "When it ends. Only the last phase may do without." }),
  prorationMode: prorationModeField(
    t,
    "What its start does to the money of the running period: IMMEDIATE unless said.",
  ),
  collectionMethod: t.field({
    type: CollectionMethod,
    description: "How invoices are paid from then on; as before unless said.",
  }),
  discountCode: t.string({
    description: "A discount that the customer redeems when it starts, if it can still be redeemed then.",
  }),
  trialEnd: t.field({
    type: "DateTime",
    description: "When the trial ends that a new subscription begins with; within the phase.",
  }),
  metadata: metadataField(t),
}));

const endBehaviorField = (t: InputBuilder) =>
  t.field({ type: ScheduleEndBehavior, description: "What comes after the last phase: CANCEL unless said." });

export const CreateSubscriptionScheduleInput = input(
  "CreateSubscriptionScheduleInput",
  "A new schedule, of a subscription that there is or of one that it starts.",
  (t) => ({
    customer: t.field({
      type: CustomerReferenceInput,
      description: "Whose subscription the first phase starts. Left out with `subscriptionId`.",
    }),
    subscriptionId: t.id({
      description: "The subscription that gets the phases; it has not ended and has no other live schedule.",
    }),
    startDate: t.field({
      type: "DateTime",
      description: "When the first phase starts: now, which is the default, or later.",
    }),
    phases: t.field({
      type: [PhaseInput],
      required: true,
      description: "1 to 50 phases, one after the other.",
    }),
    endBehavior: endBehaviorField(t),
    metadata: metadataField(t),
  }),
);

const target = (t: InputBuilder) => ({
  scheduleId: t.id({ required: true, description: "Which schedule." }),
  expectedVersion: expectedVersionField(t),
});

export const UpdateSubscriptionScheduleInput = input(
  "UpdateSubscriptionScheduleInput",
  "Changes of a schedule. A field that is left out is left alone.",
  (t) => ({
    ...target(t),
    phases: t.field({
      type: [PhaseInput],
      description:
        "These take the place of all phases that have not started. The first starts where the current one ends.",
    }),
    endBehavior: endBehaviorField(t),
    metadata: metadataField(t),
    replaceMetadata: t.boolean({
      description: "true: `metadata` takes the place of what is stored. Merged unless said.",
    }),
  }),
);

export const CancelSubscriptionScheduleInput = input(
  "CancelSubscriptionScheduleInput",
  "How a schedule is canceled.",
  (t) => ({
    ...target(t),
    prorate: t.boolean({
      description:
        "Whether the unused time of its subscription is credited to the customer's balance. No unless said.",
    }),
  }),
);

export const ReleaseSubscriptionScheduleInput = input(
  "ReleaseSubscriptionScheduleInput",
  "How a subscription is released from its schedule.",
  (t) => ({
    ...target(t),
    preserveCancelDate: t.boolean({
      description:
        "Whether the subscription is still canceled when the last phase would have ended. No unless said.",
    }),
  }),
);
