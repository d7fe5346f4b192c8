import type { ProductKind as Kind } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { type ProductFilter, products } from "../loaders.ts";

const ProductKind = describedEnum<Kind>("ProductKind", "How a product is sold. It never changes.", {
  SUBSCRIPTION: "Billed again and again while a subscription runs.",
  ONE_TIME: "Billed once.",
  USAGE: "Billed by what a meter measured.",
});

const Product = entity(
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
      metadata: t.expose("metadata", {
        type: "JSONObject",
        description: "The merchant's own keys and values.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
      archivedAt: t.expose("archivedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was archived; null while it is not.",
      }),
    }),
  }),
);

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
