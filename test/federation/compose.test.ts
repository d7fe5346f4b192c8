import { composeServices as composeByApollo } from "@apollo/composition";
import { composeServices as composeByGuild } from "@theguild/federation-composition";
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  buildSchema as parseSchema,
  lexicographicSortSchema,
  parse,
  printSchema,
} from "graphql";
import { describe, expect, it } from "vitest";
import { printSubgraph } from "../../src/graph/federation.ts";
import { buildSchema, buildSubgraph } from "../../src/graph/schema.ts";
import { subgraphNames } from "../../src/graph/subgraph-names.ts";

/** The whole graph as one subgraph, and its parts. */
const billing = printSubgraph(buildSubgraph());
const parts = Object.fromEntries(subgraphNames.map((name) => [name, printSubgraph(buildSubgraph(name))]));

/** A partner's own subgraph, which knows customers by their id. */
const loyalty = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])

  type Query {
    "The customers with the most points."
    mostLoyal(first: Int!): [Customer!]!
  }

  type Customer @key(fields: "id") {
    id: ID!
    "What the customer has collected."
    loyaltyPoints: Int!
    "When points were last collected."
    lastCollected: Collected
  }

  type Collected {
    points: Int!
    invoice: Invoice
    worth: Money!
  }

  type Invoice @key(fields: "id", resolvable: false) {
    id: ID!
  }

  type Money @shareable {
    amount: SafeInt!
    currency: Currency!
    formatted: String!
  }

  scalar SafeInt
  scalar Currency
`;

/** A subgraph that says something else about what billing owns. */
const clashing = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])

  type Query {
    clash: Customer
  }

  type Customer @key(fields: "id") {
    id: ID!
    email: String!
  }
`;

interface Composed {
  /** The graph that callers of the gateway see; undefined when the subgraphs do not compose. */
  readonly api: GraphQLSchema | undefined;
  readonly errors: readonly { readonly message: string; readonly code: unknown }[];
  /** What the composer would have us think about. */
  readonly hints: readonly string[];
}

type Composer = (subgraphs: Readonly<Record<string, string>>) => Composed;

const coded = (error: { message: string; extensions: object }) => ({
  message: error.message,
  code: "code" in error.extensions ? error.extensions.code : undefined,
});

const composers: Record<string, Composer> = {
  "Apollo's": (subgraphs) => {
    const { errors = [], hints, schema } = composeByApollo(services(subgraphs));
    return {
      api: schema?.toAPISchema().toGraphQLJSSchema(),
      errors: errors.map(coded),
      hints: hints?.map(({ definition, message }) => `${definition.code}: ${message}`) ?? [],
    };
  },
  "the Guild's": (subgraphs) => {
    const { errors = [], publicSdl } = composeByGuild(services(subgraphs));
    return { api: publicSdl ? parseSchema(publicSdl) : undefined, errors: errors.map(coded), hints: [] };
  },
};

function services(subgraphs: Readonly<Record<string, string>>) {
  return Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    typeDefs: parse(sdl),
    url: `http://${name}.example`,
  }));
}

function fieldsOf(schema: GraphQLSchema | undefined, type: string): string[] {
  return Object.keys((schema?.getType(type) as GraphQLObjectType | undefined)?.getFields() ?? {});
}

/** A graph as a text, without the two directives of GraphQL that federation does not tell. */
const sorted = (schema: GraphQLSchema): string =>
  printSchema(lexicographicSortSchema(schema)).replaceAll(/ @(oneOf|specifiedBy\(.*?\))/g, "");

describe.each(Object.entries(composers))("%s composer", (_, compose) => {
  it("makes the public graph of its parts", () => {
    const { api, errors, hints } = compose(parts);
    expect(errors).toEqual([]);
    expect(hints).toEqual([]);
    expect(api && sorted(api)).toBe(sorted(buildSchema()));
  });

  it("puts a partner's fields on our customers, who are in a part", () => {
    const { api, errors, hints } = compose({ ...parts, loyalty });
    expect([...errors, ...hints]).toEqual([]);
    expect(fieldsOf(api, "Customer")).toEqual(expect.arrayContaining(["email", "invoices", "loyaltyPoints"]));
  });

  it("takes the subgraph alone", () => {
    const { api, errors, hints } = compose({ billing });
    expect(errors).toEqual([]);
    expect(hints).toEqual([]);
    expect(fieldsOf(api, "Query")).toEqual(
      expect.arrayContaining(["customer", "customers", "node", "viewer"]),
    );
    expect(fieldsOf(api, "Query")).not.toContain("_entities");
  });

  it("puts a partner's fields on our customers", () => {
    const { api, errors, hints } = compose({ billing, loyalty });
    expect(errors).toEqual([]);
    expect(hints).toEqual([]);
    expect(fieldsOf(api, "Query")).toEqual(expect.arrayContaining(["customers", "mostLoyal"]));
    expect(fieldsOf(api, "Customer")).toEqual(
      expect.arrayContaining(["email", "invoices", "loyaltyPoints", "lastCollected"]),
    );
    expect(fieldsOf(api, "Invoice")).toContain("total");
  });

  it("refuses another opinion about our fields", () => {
    const { api, errors } = compose({ billing, clashing });
    expect(api).toBeUndefined();
    expect(errors).toMatchObject([
      { code: "INVALID_FIELD_SHARING", message: expect.stringContaining("Customer.email") },
    ]);
  });
});
