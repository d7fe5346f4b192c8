import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listQuery } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity } from "../../../graph/entities.ts";
import { loadById } from "../../../graph/loaders.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type DiscountFilter, discounts, loadProducts } from "../loaders.ts";
import { DiscountDuration, DiscountScope, DiscountType } from "./enums.ts";

export const Discount = entity(
  "Discount",
  "discounts:read",
  builder.prismaObject("Discount", {
    description: "A reduction that is redeemed with a code. What it takes off never changes.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      code: t.exposeString("code", { description: "The code, in upper case; read in any case." }),
      name: t.exposeString("name", { nullable: true, description: "What invoices call it." }),
      description: t.exposeString("description", { nullable: true, description: "What it is for." }),
      type: t.expose("type", { type: DiscountType, description: "How it is measured." }),
      value: t.expose("value", {
        type: "Decimal",
        description: "Per cent, or minor units of `currency`, as `type` says.",
      }),
      currency: t.expose("currency", {
        type: "Currency",
        nullable: true,
        description: "The currency of a FIXED_AMOUNT; null for a percentage.",
      }),
      scope: t.expose("scope", { type: DiscountScope, description: "What it is taken from." }),
      duration: t.expose("duration", { type: DiscountDuration, description: "How long it lasts." }),
      durationCycles: t.exposeInt("durationCycles", {
        nullable: true,
        description: "How many billed periods; null unless REPEATING.",
      }),
      maxRedemptions: t.exposeInt("maxRedemptions", {
        nullable: true,
        description: "How often it can be redeemed in all; null for any number.",
      }),
      maxRedemptionsPerCustomer: t.exposeInt("maxRedemptionsPerCustomer", {
        description: "How often one customer can redeem it; 0 for any number.",
      }),
      timesRedeemed: t.exposeInt("redemptions", { description: "How often it has been redeemed." }),
      redemptionsLeft: t.field({
        type: "Int",
        nullable: true,
        description: "How often it can still be redeemed in all; null for any number.",
        ...reads("maxRedemptions", "redemptions"),
        resolve: ({ maxRedemptions: most, redemptions }) =>
          most === null ? null : Math.max(0, most - redemptions),
      }),
      firstTimeOnly: t.exposeBoolean("firstTimeOnly", {
        description: "Whether only customers who have not bought anything can redeem it.",
      }),
      validFrom: t.expose("validFrom", {
        type: "DateTime",
        nullable: true,
        description: "From when it can be redeemed; null for always.",
      }),
      validUntil: t.expose("validUntil", {
        type: "DateTime",
        nullable: true,
        description: "The first instant at which it no longer can; null for never.",
      }),
      active: t.exposeBoolean("active", {
        description: "Whether it can be redeemed. What was redeemed before goes on.",
      }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

const DiscountProduct = builder.objectRef<Row<"DiscountProduct">>("DiscountProduct").implement({
  description: "A product that a discount is for.",
  fields: (t) => ({
    productId: t.exposeID("productId", { description: "The id of the product." }),
    product: t.field({
      type: "Product" as never,
      nullable: true,
      description: "The product.",
      authScopes: { scope: "products:read" },
      resolve: ({ productId }, _args, context) => loadById(context, "Product", productId) as never,
    }),
  }),
});

builder.prismaObjectField("Discount", "products", (t) =>
  t.field({
    type: [DiscountProduct],
    description: "The products that it is for: at most 100, and none unless its scope is SPECIFIC_PRODUCTS.",
    ...reads("id"),
    resolve: ({ id }, _args, context) => loadProducts(id, context),
  }),
);

byIdQuery("discount", "Discount", Discount, "The discount with this id; null when there is none.");

const filter = builder.inputRef<DiscountFilter>("DiscountFilter").implement({
  description: "Which discounts.",
  fields: (t) => ({
    code: t.string({ description: "Exactly this code, in any case." }),
    active: t.boolean({ description: "Only discounts that can be redeemed, or only those that cannot." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(discounts, Discount, filter, { CREATED_AT: "When the discount was created." });

listQuery("discounts", list, "The discounts of the environment.");
