import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
  oneOf,
} from "../../../graph/inputs.ts";
import { CustomerReferenceInput } from "../../../graph/references.ts";
import { BenefitReferenceInput, benefitField, configField } from "./benefit.ts";

const customerField = (t: InputBuilder) =>
  t.field({ type: CustomerReferenceInput, required: true, description: "Which customer." });

const reasonField = (t: InputBuilder) => t.string({ description: "Why, at most 500 characters." });

export const GrantEntitlementInput = input(
  "GrantEntitlementInput",
  `What a customer is given by hand. Where it has been given already: ${leftAlone}`,
  (t) => ({
    customer: customerField(t),
    benefit: benefitField(t),
    limit: t.field({
      type: "Decimal",
      description:
        "How much of what is counted, 0 or more, beside what subscriptions give; null for the benefit's own limit. For METERED and QUOTA only.",
    }),
    unlimited: t.boolean({ description: "true: no limit. For METERED and QUOTA only." }),
    config: configField(
      t,
      "They take the place of the benefit's own, key by key, and of those that were there as a whole.",
    ),
    reason: reasonField(t),
    expiresAt: t.field({
      type: "DateTime",
      description:
        "From when on it has no effect, later than now; null for never. One that has expired begins anew.",
    }),
    metadata: metadataField(t),
    replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
    expectedVersion: expectedVersionField(t),
  }),
);

export const RevokeEntitlementInput = input(
  "RevokeEntitlementInput",
  "What is taken from a customer.",
  (t) => ({
    customer: customerField(t),
    benefit: benefitField(t),
    reason: reasonField(t),
  }),
);

export const RevokeEntitlementGrantInput = input(
  "RevokeEntitlementGrantInput",
  "Which grant, or denial.",
  (t) => ({
    grantId: t.id({ required: true, description: "The id of the grant, or of the denial." }),
    reason: reasonField(t),
    expectedVersion: expectedVersionField(t),
  }),
);

const SeatHolderInput = input(
  "SeatHolderInput",
  "A person who is to have a seat. The id, the e-mail address, or both.",
  (t) => ({
    userId: t.string({
      description: "The merchant's own id of the person, at most 255 characters. Case matters.",
    }),
    email: t.string({ description: "The e-mail address, in any case; kept in lower case." }),
    metadata: metadataField(t),
  }),
);

const FormerSeatHolderInput = input(
  "FormerSeatHolderInput",
  "A person whose seat is to be free again. The id, the e-mail address, or both.",
  (t) => ({
    userId: t.string({ description: "The merchant's own id of the person." }),
    email: t.string({ description: "The e-mail address, in any case." }),
  }),
);

const poolFields = (t: InputBuilder) => ({
  subscriptionItemId: t.id({
    required: true,
    description: "The item of a subscription that gives the seats.",
  }),
  benefit: t.field({
    type: BenefitReferenceInput,
    description: "The benefit that they are seats of. Needed where the item gives seats by several.",
  }),
});

const peopleField = (t: InputBuilder, type: typeof SeatHolderInput) =>
  t.field({ type: [type], required: true, description: "1 to 100 people. They are done in their order." });

export const AssignSeatsInput = input("AssignSeatsInput", "Who is to have seats of an item.", (t) => ({
  ...poolFields(t),
  people: peopleField(t, SeatHolderInput),
}));

export const UnassignSeatsInput = input(
  "UnassignSeatsInput",
  "Whose seats of an item are to be free again.",
  (t) => ({
    ...poolFields(t),
    people: peopleField(t, FormerSeatHolderInput),
  }),
);

const QuotaMoveInput = oneOf("QuotaMoveInput", "How the number of things changes, by one of these.", (t) => ({
  add: t.field({ type: "Decimal", description: "So many more, more than 0." }),
  remove: t.field({
    type: "Decimal",
    description: "So many fewer, more than 0, and no more than there are.",
  }),
  set: t.field({ type: "Decimal", description: "Exactly so many, 0 or more." }),
}));

export const ChangeQuotaInput = input("ChangeQuotaInput", "How many things a customer keeps.", (t) => ({
  customer: customerField(t),
  benefit: benefitField(t),
  change: t.field({ type: QuotaMoveInput, required: true, description: "What changes." }),
  expectedVersion: expectedVersionField(t),
}));
