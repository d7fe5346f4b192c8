import type { PriceType as Type, PricingModel as Model } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { DateTimeRange, Money, Recurrence } from "../../../graph/values.ts";
import { type PriceFilter, prices } from "../loaders.ts";
import { recurrenceOf, unitPriceOf } from "../price.ts";

const PriceType = describedEnum<Type>("PriceType", "Whether a price is billed once or again and again.", {
  ONE_TIME: "Billed once. It has no `recurring`.",
  RECURRING: "Billed every `recurring` interval.",
});

const PricingModel = describedEnum<Model>("PricingModel", "How the amount of a price comes about.", {
  FIXED: "Quantity times `unitAmount`.",
  PAY_WHAT_YOU_WANT: "The buyer names the amount; `unitAmount` is what is proposed.",
  FREE: "Nothing is charged.",
});

const Price = entity(
  "Price",
  "prices:read",
  builder.prismaObject("Price", {
    description:
      "How much a product costs. Amounts never change: a new amount is a new price, and the old one is made inactive.",
    interfaces: [Node],
    fields: (t) => ({
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
      metadata: t.expose("metadata", {
        type: "JSONObject",
        description: "The merchant's own keys and values.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
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
