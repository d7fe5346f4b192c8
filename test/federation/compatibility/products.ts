import { DirectiveLocation, GraphQLDirective, type GraphQLSchema } from "graphql";
import { createBuilder } from "../../../src/graph/builder.ts";
import { toSubgraph } from "../../../src/graph/federation.ts";
import * as data from "./data.ts";

const builder = createBuilder();

const Variation = builder.objectRef<data.Product["variation"]>("ProductVariation").implement({
  fields: (t) => ({ id: t.exposeID("id") }),
});

const Dimension = builder.objectRef<data.Product["dimensions"]>("ProductDimension").implement({
  shareable: true,
  fields: (t) => ({
    size: t.exposeString("size", { nullable: true }),
    weight: t.exposeFloat("weight", { nullable: true }),
    unit: t.exposeString("unit", { nullable: true, inaccessible: true }),
  }),
});

const CaseStudy = builder.objectRef<data.Research["study"]>("CaseStudy").implement({
  fields: (t) => ({
    caseNumber: t.exposeID("caseNumber"),
    description: t.exposeString("description", { nullable: true }),
  }),
});

const Research = builder.objectRef<data.Research>("ProductResearch").implement({
  fields: (t) => ({
    study: t.field({ type: CaseStudy, resolve: ({ study }) => study }),
    outcome: t.string({ nullable: true, resolve: () => null }),
  }),
});
builder.asEntity(Research, {
  key: builder.selection<{ study: { caseNumber: string } }>("study { caseNumber }"),
  resolveReference: ({ study: { caseNumber } }) =>
    data.research.find(({ study }) => study.caseNumber === caseNumber) ?? null,
});

const User = builder
  .externalRef("User", builder.selection<{ email: string }>("email"), (reference): data.User | null =>
    reference.email === data.user.email ? { ...data.user, ...reference } : null,
  )
  .implement({
    externalFields: (t) => ({
      email: t.id(),
      totalProductsCreated: t.int({ nullable: true }),
      yearsOfEmployment: t.int(),
    }),
    fields: (t) => ({
      name: t.exposeString("name" as never, { nullable: true, override: { from: "users" } }),
      averageProductsCreatedPerYear: t.int({
        nullable: true,
        requires: builder.selection<{ totalProductsCreated?: number | null; yearsOfEmployment: number }>(
          "totalProductsCreated yearsOfEmployment",
        ),
        resolve: ({ totalProductsCreated, yearsOfEmployment }) =>
          totalProductsCreated == null ? null : Math.round(totalProductsCreated / yearsOfEmployment),
      }),
    }),
  });

const Deprecated = builder.objectRef<data.DeprecatedProduct>("DeprecatedProduct").implement({
  fields: (t) => ({
    sku: t.exposeString("sku"),
    package: t.exposeString("package"),
    reason: t.exposeString("reason", { nullable: true }),
    createdBy: t.field({ type: User, nullable: true, resolve: () => data.user }),
  }),
});
const findDeprecated = (wanted: { sku: string; package: string }): data.DeprecatedProduct | null =>
  wanted.sku === data.deprecatedProduct.sku && wanted.package === data.deprecatedProduct.package
    ? data.deprecatedProduct
    : null;
builder.asEntity(Deprecated, {
  key: builder.selection<{ sku: string; package: string }>("sku package"),
  resolveReference: findDeprecated,
});

const Product = builder.objectRef<data.Product>("Product").implement({
  directives: { custom: {} },
  fields: (t) => ({
    id: t.exposeID("id"),
    sku: t.exposeString("sku", { nullable: true }),
    package: t.exposeString("package", { nullable: true }),
    variation: t.field({ type: Variation, nullable: true, resolve: ({ variation }) => variation }),
    dimensions: t.field({ type: Dimension, nullable: true, resolve: ({ dimensions }) => dimensions }),
    createdBy: t.field({
      type: User.provides<{ totalProductsCreated: number }>("totalProductsCreated"),
      nullable: true,
      resolve: () => data.user,
    }),
    notes: t.string({ nullable: true, tag: "internal", resolve: () => null }),
    research: t.field({ type: [Research], resolve: ({ research }) => [...research] }),
  }),
});
builder.asEntity(Product, {
  key: [
    builder.selection<{ id: string }>("id"),
    builder.selection<{ sku: string; package: string }>("sku package"),
    builder.selection<{ sku: string; variation: { id: string } }>("sku variation { id }"),
  ],
  resolveReference: (wanted) =>
    data.products.find((product) => {
      if ("id" in wanted) return product.id === wanted.id;
      if (product.sku !== wanted.sku) return false;
      return "package" in wanted
        ? product.package === wanted.package
        : product.variation.id === wanted.variation.id;
    }) ?? null,
});

const Inventory = builder.objectRef<data.Inventory>("Inventory").implement({
  fields: (t) => ({
    id: t.exposeID("id"),
    deprecatedProducts: t.field({ type: [Deprecated], resolve: () => [data.deprecatedProduct] }),
  }),
});
builder.asEntity(Inventory, {
  key: builder.selection<{ id: string }>("id"),
  interfaceObject: true,
  resolveReference: ({ id }) => (id === data.inventory.id ? data.inventory : null),
});

builder.queryType({
  fields: (t) => ({
    product: t.field({
      type: Product,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }) => data.products.find((product) => product.id === id) ?? null,
    }),
    deprecatedProduct: t.field({
      type: Deprecated,
      nullable: true,
      deprecationReason: "Use product query instead",
      args: { sku: t.arg.string({ required: true }), package: t.arg.string({ required: true }) },
      resolve: (_root, wanted) => findDeprecated(wanted),
    }),
  }),
});

/** The products subgraph of Apollo's compatibility tests, made like the subgraph of the product. */
export function buildProducts(): { readonly schema: GraphQLSchema; readonly subgraph: GraphQLSchema } {
  const subgraph = toSubgraph(builder, {
    // The newest version that the tests know.
    linkUrl: "https://specs.apollo.dev/federation/v2.3",
    composeDirectives: ["@custom"],
    directives: [new GraphQLDirective({ name: "custom", locations: [DirectiveLocation.OBJECT] })],
    schemaDirectives: { link: { url: "https://myspecs.dev/myCustomDirective/v1.0", import: ["@custom"] } },
  });
  return { schema: builder.toSchema(), subgraph };
}
