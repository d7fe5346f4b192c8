import {
  GraphQLObjectType,
  type GraphQLSchema,
  buildClientSchema,
  getIntrospectionQuery,
  isSpecifiedScalarType,
  printType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { buildSubgraph } from "../../src/graph/schema.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** The names that federation gives to its own types. */
const federation = /^_[A-Z]|^link__|^federation__/;

/** The schema of a door, as it tells it to callers. */
async function introspect(path: string): Promise<GraphQLSchema> {
  const { data } = await api.graphql(getIntrospectionQuery({ oneOf: true }), {}, { path });
  return buildClientSchema(data);
}

describe("/graphql", () => {
  it.each([
    "{ _service { sdl } }",
    '{ _entities(representations: [{ __typename: "Customer", id: "1" }]) { __typename } }',
  ])("does not know %s", async (query) => {
    const { errors, data } = await api.graphql(query);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST" } }]);
  });

  it("has no type and no directive of federation", async () => {
    const schema = await introspect("/graphql");
    expect(Object.keys(schema.getTypeMap()).filter((name) => federation.test(name))).toEqual([]);
    const directives = schema.getDirectives().map(({ name }) => name);
    expect(directives.toSorted()).toEqual(["deprecated", "include", "oneOf", "skip", "specifiedBy"]);
  });
});

describe("/subgraph", () => {
  it("wants a key, as /graphql does", async () => {
    for (const key of ["", "nonsense"]) {
      const { status, errors } = await api.graphql("{ _service { sdl } }", {}, { path: "/subgraph", key });
      expect(status).toBe(401);
      expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    }
  });

  it("tells its SDL, with the keys of entities, without a statement", async () => {
    api.statements.length = 0;
    const { data } = await api.graphql("{ _service { sdl } }", {}, { path: "/subgraph" });
    expect(data._service.sdl).toContain('@link(url: "https://specs.apollo.dev/federation/v2.6"');
    for (const type of ["Customer", "Invoice", "BillingSubscription", "Product", "Price", "Meter"]) {
      expect(data._service.sdl).toMatch(new RegExp(`^type ${type} [^{]*@key\\(fields: "id"\\)`, "m"));
    }
    expect(api.statements.filter(({ text }) => !text.includes("FROM api_keys"))).toEqual([]);
  });

  it("serves the types of /graphql, and beside them only those of federation", async () => {
    const [subgraph, graph] = await Promise.all([introspect("/subgraph"), introspect("/graphql")]);
    expect(typesOf(subgraph)).toEqual(typesOf(graph));
    expect(Object.keys(subgraph.getTypeMap()).filter((name) => federation.test(name))).toEqual(
      expect.arrayContaining(["_Any", "_Entity", "_Service"]),
    );
  });
});

describe("a server of one subgraph", () => {
  it("serves that one, and no graph", async () => {
    const billing = await startApi({ schema: undefined, subgraph: buildSubgraph("billing") });
    const { data } = await billing.graphql("{ _service { sdl } }", {}, { path: "/subgraph" });
    expect(data._service.sdl).toContain("type Invoice implements Node");
    expect(data._service.sdl).not.toContain("createCustomer(");
    expect(await billing.graphql("{ __typename }")).toMatchObject({ status: 404 });
    await billing.close();
  });

  it("has to know its gateway", () => {
    const secret = "a secret of the gateway";
    expect(loadConfig({ SUBGRAPH: "billing", GATEWAY_SIGNING_SECRETS: secret }).subgraph).toBe("billing");
    expect(() => loadConfig({ SUBGRAPH: "billing" })).toThrow(/SUBGRAPH: is for a gateway/);
    expect(() => loadConfig({ SUBGRAPH: "all", GATEWAY_SECRET: secret })).toThrow(/SUBGRAPH/);
  });
});

/** The SDL of every type by its name, without those of federation and the fields of Query that lead to them. */
function typesOf(schema: GraphQLSchema): Record<string, string> {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith("__") && !federation.test(type.name) && !isSpecifiedScalarType(type),
  );
  return Object.fromEntries(
    types.map((type) => {
      if (type !== schema.getQueryType()) return [type.name, printType(type)];
      const { _entities, _service, ...fields } = type.toConfig().fields;
      return [type.name, printType(new GraphQLObjectType({ ...type.toConfig(), fields }))];
    }),
  );
}
