import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
  oneOf,
} from "../../../graph/inputs.ts";
import { ProductReferenceInput } from "../../../graph/references.ts";
import { BenefitType, ResetPeriod } from "../schema/enums.ts";

export const BenefitReferenceInput = oneOf("BenefitReference", "Names a benefit, by one of these.", (t) => ({
  id: t.id({ description: "The id, a UUID." }),
  key: t.string({ description: "The merchant's own key of the benefit." }),
}));

export const benefitField = (t: InputBuilder) =>
  t.field({ type: BenefitReferenceInput, required: true, description: "Which benefit." });

export const configField = (t: InputBuilder, place: string) =>
  t.field({
    type: "JSONObject",
    description: `Texts, numbers and booleans by key, at most 50, for the merchant's product to read. ${place}`,
  });

const ownLimit = "Only where something is counted: METERED, SEATS and QUOTA.";

const labelFields = (t: InputBuilder) => ({
  description: t.string({ description: "What it is, for customers; at most 5,000 characters." }),
  category: t.string({ description: "The group it is shown in, at most 100 characters." }),
  iconUrl: t.string({ description: "Where a picture of it is, at most 2,000 characters." }),
  displayOrder: t.int({ description: "Its place among benefits, smallest first. 0 unless said." }),
  limit: t.field({
    type: "Decimal",
    description: `The limit where a product or a grant names none, 0 or more; null for no limit. For SEATS those that one unit of an item gives, 1 unless said. ${ownLimit}`,
  }),
  resetPeriod: t.field({
    type: ResetPeriod,
    description: `The span that usage is counted over, where a product names none. BILLING_PERIOD unless said. ${ownLimit}`,
  }),
  overageAllowed: t.boolean({
    description: `Whether the limit may be exceeded, where a product says nothing. false unless said. ${ownLimit}`,
  }),
  config: configField(t, "They take the place of those that were there."),
  metadata: metadataField(t),
});

export const CreateBenefitInput = input("CreateBenefitInput", "A new benefit.", (t) => ({
  key: t.string({
    required: true,
    description:
      "The merchant's own key, unique in the environment for good: at most 100 letters, digits and `. _ : / -`. It never changes.",
  }),
  name: t.string({ required: true, description: "The name, as customers see it; at most 255 characters." }),
  type: t.field({ type: BenefitType, required: true, description: "What it gives. It never changes." }),
  meterId: t.id({ description: "What is counted. Needed for METERED, and for nothing else." }),
  ...labelFields(t),
}));

export const UpdateBenefitInput = input("UpdateBenefitInput", `Changes of a benefit. ${leftAlone}`, (t) => ({
  benefit: benefitField(t),
  name: t.string({ description: "The name; it cannot be cleared." }),
  ...labelFields(t),
  replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
  expectedVersion: expectedVersionField(t),
}));

export const BenefitStatusInput = (name: string) =>
  input(name, "Which benefit.", (t) => ({ benefit: benefitField(t) }));

const productField = (t: InputBuilder) =>
  t.field({ type: ProductReferenceInput, required: true, description: "Which product." });

export const AttachBenefitInput = input("AttachBenefitInput", `What a product gives. ${leftAlone}`, (t) => ({
  product: productField(t),
  benefit: benefitField(t),
  limit: t.field({
    type: "Decimal",
    description: `The limit in place of the benefit's own, 0 or more; null for the benefit's own. ${ownLimit}`,
  }),
  unlimited: t.boolean({ description: `true: no limit, whatever the benefit's own is. ${ownLimit}` }),
  resetPeriod: t.field({
    type: ResetPeriod,
    description: `The span that usage is counted over; null for the benefit's own. ${ownLimit}`,
  }),
  overageAllowed: t.boolean({
    description: `Whether the limit may be exceeded; null for what the benefit says. ${ownLimit}`,
  }),
  config: configField(
    t,
    "They take the place of the benefit's own, key by key, and of those that were there as a whole.",
  ),
  expectedVersion: expectedVersionField(t),
}));

export const DetachBenefitInput = input(
  "DetachBenefitInput",
  "What a product is to give no longer.",
  (t) => ({
    product: productField(t),
    benefit: benefitField(t),
  }),
);
