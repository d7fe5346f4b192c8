import { composeServices as composeByApollo } from "@apollo/composition";
import { composeServices as composeByGuild } from "@theguild/federation-composition";
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  buildSchema as parseSchema,
  graphqlSync,
  parse,
} from "graphql";
import { describe, expect, it } from "vitest";
import { buildSubgraph } from "../../src/graph/schema.ts";

const result = graphqlSync({ schema: buildSubgraph(), source: "{ _service { sdl } }", contextValue: {} });
const billing = String((result.data as { _service?: { sdl?: string } } | null)?._service?.sdl);

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

describe.each(Object.entries(composers))("%s composer", (_, compose) => {
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
