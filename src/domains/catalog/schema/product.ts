import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, ExternalReference } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type ProductFilter, products } from "../loaders.ts";
import {
  BillingAnchorRule,
  FirstChargeBehavior,
  FulfillmentType,
  ProductEndBehavior,
  ProductKind,
  TaxBehavior,
} from "./product-enums.ts";

export const Product = entity(
  "Product",
  "products:read",
  builder.prismaObject("Product", {
    description: "What is sold. How much it costs stands in its prices.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      productKey: t.exposeString("productKey", {
        description: "The merchant's own key of the product, unique in the environment. It never changes.",
      }),
      name: t.exposeString("name", { description: "The name, as customers see it." }),
      description: t.exposeString("description", {
        nullable: true,
        description: "What it is, for customers.",
      }),
      kind: t.expose("kind", { type: ProductKind, description: "How it is sold." }),
      taxCode: t.exposeString("taxCode", {
        nullable: true,
        description: "The code that a tax service knows this kind of goods or service by.",
      }),
      imageUrl: t.exposeString("imageUrl", { nullable: true, description: "Where a picture of it is." }),
      active: t.exposeBoolean("active", {
        description: "Whether it can be sold. What was sold before goes on.",
      }),
      slug: t.exposeString("slug", { nullable: true, description: "A name for addresses." }),
      taxBehavior: t.expose("taxBehavior", {
        type: TaxBehavior,
        description: "Whether its prices contain tax.",
      }),
      fulfillmentType: t.expose("fulfillmentType", {
        type: FulfillmentType,
        description: "How it is delivered.",
      }),
      trackInventory: t.exposeBoolean("trackInventory", { description: "Whether its stock is counted." }),
      stockQuantity: t.exposeInt("stockQuantity", {
        nullable: true,
        description: "How many are left; null where the stock is not counted.",
      }),
      billingAnchorRule: t.expose("billingAnchorRule", {
        type: BillingAnchorRule,
        description: "When the periods of its subscriptions start.",
      }),
      billingAnchorDay: t.exposeInt("billingAnchorDay", {
        nullable: true,
        description: "The day of the month, 1 to 31; null unless the rule is DAY_OF_MONTH.",
      }),
      firstChargeBehavior: t.expose("firstChargeBehavior", {
        type: FirstChargeBehavior,
        description: "What is charged for the time before the first anchor.",
      }),
      endBehavior: t.expose("endBehavior", {
        type: ProductEndBehavior,
        description: "How long its subscriptions last.",
      }),
      maxPayments: t.exposeInt("maxPayments", {
        nullable: true,
        description: "How many payments; null unless FIXED_PAYMENTS.",
      }),
      external: t.field({
        type: ExternalReference,
        nullable: true,
        description: "The record of another system that it mirrors; null where there is none.",
        resolve: ({ externalSource: source, externalId: id }) => (source && id ? { source, id } : null),
      }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
      archivedAt: t.expose("archivedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was archived; null while it is not.",
      }),
    }),
  }),
);

relation("Product", "defaultPrice", {
  to: "Price",
  by: "defaultPriceId",
  description: "The price that is used when only the product is named; null where there is none.",
});

byIdQuery("product", "Product", Product, "The product with this id; null when there is none.");

const filter = builder.inputRef<ProductFilter>("ProductFilter").implement({
  description: "Which products.",
  fields: (t) => ({
    search: t.string({ description: "Part of the name or of the merchant's key, in any case." }),
    productKey: t.string({ description: "Exactly this key of the merchant's own." }),
    kind: t.field({ type: [ProductKind], description: "One of these kinds. An empty list matches nothing." }),
    active: t.boolean({ description: "Only products that can be sold, or only those that cannot." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(products, Product, filter, {
  CREATED_AT: "When the product was created.",
  NAME: "The name, in any case.",
});

listQuery("products", list, "The products of the environment.");
