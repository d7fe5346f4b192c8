import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { UsageCondition } from "../../../graph/usage-conditions.ts";
import { DateTimeRange, Money, Recurrence } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import type { Condition } from "../../usage/index.ts";
import { type PriceFilter, prices } from "../loaders.ts";
import { tiersOf } from "../price-terms.ts";
import { recurrenceOf, unitPriceOf } from "../price.ts";
import { BillingScheme, PackageRounding, PriceType, PricingModel, TiersMode } from "./price-enums.ts";
import { FirstChargeBehavior } from "./product-enums.ts";

type AmountField = "minimumAmount" | "maximumAmount" | "suggestedAmount" | "spendingMinimum";

interface BreakdownTier {
  readonly upTo: string | null;
  readonly unitAmount: string | null;
  readonly flatAmount: string | null;
}

const PriceTier = builder.objectRef<BreakdownTier>("PriceTier").implement({
  description: "One tier of a price. Amounts are in minor units of its currency.",
  fields: (t) => ({
    upTo: t.field({
      type: "Decimal",
      nullable: true,
      description: "The last unit of the tier, which belongs to it; null for the last tier.",
      resolve: ({ upTo }) => upTo,
    }),
    unitAmount: t.field({
      type: "Decimal",
      nullable: true,
      description: "What one unit costs; null where units cost nothing.",
      resolve: ({ unitAmount }) => unitAmount,
    }),
    flatAmount: t.field({
      type: "Decimal",
      nullable: true,
      description: "What the tier costs as a whole; null where it costs nothing.",
      resolve: ({ flatAmount }) => flatAmount,
    }),
  }),
});

export const Price = entity(
  "Price",
  "prices:read",
  builder.prismaObject("Price", {
    description:
      "How much a product costs. Amounts never change: a new amount is a new price, and the old one is made inactive.",
    interfaces: [Node],
    fields: (t) => {
      const amount = (name: AmountField, description: string) =>
        t.field({
          type: Money,
          nullable: true,
          description,
          resolve: (price) => {
            const value = price[name];
            return value === null ? null : { amount: value, currency: price.currency };
          },
        });
      return {
        id: t.exposeID("id", { description: "The id, a UUID." }),
        type: t.expose("type", {
          type: PriceType,
          description: "Whether it is billed once or again and again.",
        }),
        pricingModel: t.expose("pricingModel", {
          type: PricingModel,
          description: "How the amount comes about.",
        }),
        currency: t.expose("currency", { type: "Currency", description: "The currency." }),
        unitAmount: t.expose("unitAmount", {
          type: "Decimal",
          description:
            'What one unit costs, in minor units of the currency, to 12 decimals: `"0.25"` in USD is a quarter of a cent.',
        }),
        unitPrice: t.field({
          type: Money,
          nullable: true,
          description:
            "What one unit costs, as money; null where `unitAmount` is no whole number of minor units.",
          resolve: unitPriceOf,
        }),
        billingScheme: t.expose("billingScheme", {
          type: BillingScheme,
          description: "How the quantity becomes an amount.",
        }),
        tiersMode: t.expose("tiersMode", {
          type: TiersMode,
          nullable: true,
          description: "How tiers price a quantity; null without tiers.",
        }),
        tiers: t.field({
          type: [PriceTier],
          description: "The tiers, from the smallest; empty unless the scheme is TIERED.",
          resolve: (price) => tiersOf(price) as readonly BreakdownTier[],
        }),
        packageSize: t.expose("packageSize", {
          type: "Decimal",
          nullable: true,
          description: "How many units a package holds; null unless the scheme is PACKAGE.",
        }),
        packageRounding: t.expose("packageRounding", {
          type: PackageRounding,
          nullable: true,
          description: "Whether a package that was begun counts; null unless the scheme is PACKAGE.",
        }),
        percentageBps: t.exposeInt("percentageBps", {
          nullable: true,
          description: "Hundredths of a percent; null unless the scheme is PERCENTAGE.",
        }),
        chargeFlatOnZero: t.exposeBoolean("chargeFlatOnZero", {
          description: "Whether the first tier's flat amount is charged for no units at all.",
        }),
        minimumAmount: amount(
          "minimumAmount",
          "The least a customer may choose; null where there is no bound.",
        ),
        maximumAmount: amount(
          "maximumAmount",
          "The most a customer may choose; null where there is no bound.",
        ),
        suggestedAmount: amount("suggestedAmount", "The amount that is proposed to customers who choose."),
        presetAmounts: t.field({
          type: [Money],
          description: "Amounts for customers to choose from.",
          resolve: ({ presetAmounts, currency }) => presetAmounts.map((one) => ({ amount: one, currency })),
        }),
        spendingMinimum: amount(
          "spendingMinimum",
          "The least that a period is charged; null where there is none.",
        ),
        payInAdvance: t.exposeBoolean("payInAdvance", {
          description:
            "Whether a period is billed at its start, not at its end. With a meter: whether usage is billed while the period runs.",
        }),
        usageFilter: t.field({
          type: [UsageCondition],
          description:
            "Which events of the meter count: those that meet all of these. Empty for all that no other price on the subscription counts.",
          resolve: ({ usageFilter }) => (usageFilter ?? []) as unknown as readonly Condition[],
        }),
        filterPriority: t.exposeInt("filterPriority", {
          description:
            "Of two filters with as many conditions the one with the larger number counts an event.",
        }),
        billZeroUsage: t.exposeBoolean("billZeroUsage", {
          description: "Whether a period in which nothing was used has a line that says so.",
        }),
        startRule: t.expose("startRule", {
          type: FirstChargeBehavior,
          description: "What is charged for the time before the first anchor.",
        }),
        name: t.exposeString("name", { nullable: true, description: "A name that customers see." }),
        description: t.exposeString("description", { nullable: true, description: "What it is for." }),
        version: t.exposeInt("version", recordField.version),
        recurring: t.field({
          type: Recurrence,
          nullable: true,
          description: "How often it is billed; null for ONE_TIME.",
          resolve: recurrenceOf,
        }),
        trialPeriodDays: t.exposeInt("trialPeriodDays", {
          description: "How many days a new subscription runs before it is billed: 0 to 730.",
        }),
        nickname: t.exposeString("nickname", {
          nullable: true,
          description: "A name that customers do not see.",
        }),
        lookupKey: t.exposeString("lookupKey", {
          nullable: true,
          description:
            "The merchant's own key of the price, unique among the active prices of the environment.",
        }),
        active: t.exposeBoolean("active", {
          description: "Whether it can be sold. What was sold before goes on.",
        }),
        metadata: t.expose("metadata", recordField.metadata),
        createdAt: t.expose("createdAt", recordField.createdAt),
        updatedAt: t.expose("updatedAt", recordField.updatedAt),
      };
    },
  }),
);

relation("Price", "product", { to: "Product", by: "productId", description: "What is sold at this price." });
relation("Price", "meter", {
  to: "Meter",
  by: "meterId",
  description: "The meter whose figure is the quantity; null where the quantity is agreed.",
});

byIdQuery("price", "Price", Price, "The price with this id; null when there is none.");

const filter = builder.inputRef<PriceFilter>("PriceFilter").implement({
  description: "Which prices.",
  fields: (t) => ({
    productId: t.id({ description: "Prices of this product." }),
    meterId: t.id({ description: "Prices that bill by this meter." }),
    active: t.boolean({ description: "Only prices that can be sold, or only those that cannot." }),
    currency: t.field({ type: "Currency", description: "Prices in this currency." }),
    type: t.field({ type: PriceType, description: "Only one-time or only recurring prices." }),
    lookupKey: t.string({ description: "Exactly this lookup key." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(prices, Price, filter, { CREATED_AT: "When the price was created." });

listQuery("prices", list, "The prices of all products.");
listUnder(list, {
  parent: "Product",
  name: "prices",
  by: "productId",
  description: "What the product costs.",
});
listUnder(list, {
  parent: "Meter",
  name: "prices",
  by: "meterId",
  description: "The prices that bill by the meter.",
});
