import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type BenefitFilter, type ProductBenefitFilter, benefits, productBenefits } from "../loaders.ts";
import { BenefitType, ResetPeriod } from "./enums.ts";

export const Benefit = entity(
  "Benefit",
  "products:read",
  builder.prismaObject("Benefit", {
    description: "Something that customers can be entitled to.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      key: t.exposeString("key", {
        description:
          "The merchant's own key, unique in the environment, which its product asks by. It never changes.",
      }),
      name: t.exposeString("name", { description: "The name, as customers see it." }),
      description: t.exposeString("description", {
        nullable: true,
        description: "What it is, for customers.",
      }),
      type: t.expose("type", { type: BenefitType, description: "What it gives." }),
      category: t.exposeString("category", { nullable: true, description: "The group it is shown in." }),
      iconUrl: t.exposeString("iconUrl", { nullable: true, description: "Where a picture of it is." }),
      displayOrder: t.exposeInt("displayOrder", {
        description: "Its place among benefits; the smallest comes first.",
      }),
      active: t.exposeBoolean("active", {
        description: "Whether it can be given. Whoever has an archived one keeps it.",
      }),
      limit: t.expose("limit", {
        type: "Decimal",
        nullable: true,
        description:
          "The limit where a product or a grant names none: units of the meter, seats for each unit of an item, or things; null for no limit, and for BOOLEAN and STATIC.",
      }),
      resetPeriod: t.expose("resetPeriod", {
        type: ResetPeriod,
        description: "The span that usage is counted over, where the product names none.",
      }),
      overageAllowed: t.exposeBoolean("overageAllowed", {
        description: "Whether the limit may be exceeded, where the product says nothing.",
      }),
      config: t.expose("config", {
        type: "JSONObject",
        description: "Settings for the merchant's product: texts, numbers and booleans by key.",
      }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

relation("Benefit", "meter", {
  to: "Meter",
  by: "meterId",
  description: "What is counted; null unless METERED.",
});

byIdQuery("benefit", "Benefit", Benefit, "The benefit with this id; null when there is none.");

const filter = builder.inputRef<BenefitFilter>("BenefitFilter").implement({
  description: "Which benefits.",
  fields: (t) => ({
    key: t.string({ description: "Exactly this key." }),
    type: t.field({ type: [BenefitType], description: "One of these types. An empty list matches nothing." }),
    category: t.string({ description: "Exactly this category." }),
    active: t.boolean({ description: "Only benefits that can be given, or only those that cannot." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(benefits, Benefit, filter, {
  CREATED_AT: "When the benefit was created.",
  DISPLAY_ORDER: "The place that it is shown at.",
});

listQuery("benefits", list, "The benefits of the environment.");

export const ProductBenefit = entity(
  "ProductBenefit",
  "products:read",
  builder.prismaObject("ProductBenefit", {
    description:
      "That a product gives a benefit, and how much of it. Whoever has the product has it as it is now.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      limit: t.expose("limit", {
        type: "Decimal",
        nullable: true,
        description: "The limit in place of the benefit's own; null for that, or where `unlimited` is true.",
      }),
      unlimited: t.exposeBoolean("unlimited", {
        description: "Whether there is no limit, whatever the benefit's own is.",
      }),
      resetPeriod: t.expose("resetPeriod", {
        type: ResetPeriod,
        nullable: true,
        description: "The span that usage is counted over; null for the benefit's own.",
      }),
      overageAllowed: t.exposeBoolean("overageAllowed", {
        nullable: true,
        description: "Whether the limit may be exceeded; null for what the benefit says.",
      }),
      config: t.expose("config", {
        type: "JSONObject",
        description: "Settings that take the place of the benefit's own, key by key.",
      }),
      version: t.exposeInt("version", recordField.version),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "Since when the product gives it." }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
  }),
);

relation("ProductBenefit", "product", {
  to: "Product",
  by: "productId",
  description: "The product that gives it.",
  nullable: false,
});
relation("ProductBenefit", "benefit", {
  to: "Benefit",
  by: "benefitId",
  description: "What it gives.",
  nullable: false,
});

const productFilter = builder.inputRef<ProductBenefitFilter>("ProductBenefitFilter").implement({
  description: "Which benefits of products.",
  fields: (t) => ({
    productId: t.id({ description: "Of this product." }),
    benefitId: t.id({ description: "Of this benefit." }),
  }),
});

const productList = defineList(productBenefits, ProductBenefit, productFilter, {
  CREATED_AT: "Since when the product gives it.",
});

listUnder(productList, {
  parent: "Product",
  name: "benefits",
  by: "productId",
  description: "What the product gives whoever subscribes to it, latest first.",
  nullable: false,
});
listUnder(productList, {
  parent: "Benefit",
  name: "products",
  by: "benefitId",
  description: "The products that give it, latest first.",
  nullable: false,
});
