import { builder } from "../../../graph/builder.ts";
import { input, oneOf } from "../../../graph/inputs.ts";
import { preview } from "../../../graph/mutations.ts";
import { Money } from "../../../graph/values.ts";
import { PriceDefinitionInput } from "../inputs/price.ts";
import { type PricePreview, previewPrice } from "../prices/preview.ts";
import type { BreakdownPart } from "../pricing/amount.ts";

/** A step on the way from a quantity to an amount. */
interface Step extends BreakdownPart {
  readonly currency: string;
}

export const PriceStep = builder.objectRef<Step>("PriceStep").implement({
  description:
    "One step on the way from a quantity to an amount: a tier, a package, or the whole. Steps add up exactly.",
  shareable: true,
  fields: (t) => ({
    from: t.field({
      type: "Decimal",
      description: "Where the step begins: units beyond this are in it.",
      resolve: ({ from }) => from,
    }),
    to: t.field({
      type: "Decimal",
      nullable: true,
      description: "The last unit of the step; null where it has no end.",
      resolve: ({ to }) => to,
    }),
    quantity: t.field({
      type: "Decimal",
      description: "The units in it.",
      resolve: ({ quantity }) => quantity,
    }),
    unitAmount: t.field({
      type: "Decimal",
      description: "What one of them costs, in minor units.",
      resolve: ({ unitAmount }) => unitAmount,
    }),
    flatAmount: t.field({
      type: "Decimal",
      description: "What the step costs as a whole, in minor units.",
      resolve: ({ flatAmount }) => flatAmount,
    }),
    amount: t.field({
      type: Money,
      description: "What the step comes to, rounded so that the steps add up to the whole.",
      resolve: ({ amount, currency }) => ({ amount, currency }),
    }),
  }),
});

const PreviewedPriceInput = oneOf(
  "PreviewedPriceInput",
  "Which price: one that is stored, or one to try.",
  (t) => ({
    id: t.id({ description: "The id of a price." }),
    definition: t.field({ type: PriceDefinitionInput, description: "A price that is not stored." }),
  }),
);

const PreviewPriceInput = input("PreviewPriceInput", "A price and a quantity.", (t) => ({
  price: t.field({ type: PreviewedPriceInput, required: true, description: "Which price." }),
  quantity: t.field({ type: "Decimal", description: "How many units, from 0 to 10^15. 1 unless said." }),
  chosenAmount: t.field({
    type: "SafeInt",
    description:
      "What the customer would choose to pay for one unit, in minor units. Needed for PAY_WHAT_YOU_WANT.",
  }),
}));

preview<object, PricePreview>("previewPrice", {
  description:
    "What a price makes of a quantity, with the steps that lead there. Invoices are made by the same arithmetic. Writes nothing.",
  scope: "prices:read",
  input: PreviewPriceInput as never,
  payload: (t) => ({
    amount: t.field({
      type: Money,
      nullable: true,
      description: "What it comes to; null when it was refused.",
      resolve: ({ amount, currency }) => (amount === undefined || !currency ? null : { amount, currency }),
    }),
    quantity: t.field({
      type: "Decimal",
      nullable: true,
      description: "The quantity that was priced.",
      resolve: ({ quantity }) => quantity,
    }),
    steps: t.field({
      type: [PriceStep],
      nullable: true,
      description: "The steps. With `raised`, they add up to the amount.",
      resolve: ({ breakdown, currency }) => breakdown?.map((step) => ({ ...step, currency: currency ?? "" })),
    }),
    raised: t.field({
      type: Money,
      nullable: true,
      description: "What was added to reach the least that a period is charged.",
      resolve: ({ raised, currency }) =>
        raised === undefined || !currency ? null : { amount: raised, currency },
    }),
  }),
  run: (sent, { reads, viewer }) => previewPrice(reads, viewer.environmentId, sent),
});
