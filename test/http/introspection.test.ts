import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { getIntrospectionQuery } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** The introspection query in the bundle of GraphiQL, as GraphiQL puts it together. */
function queryOfGraphiQL(): string {
  const bundle = readFileSync(
    createRequire(import.meta.url)
      .resolve("@graphql-yoga/render-graphiql")
      .replace("index.js", "graphiql.js"),
    "utf8",
  );
  // What its page sets, and nothing else of the query is up to it.
  expect(bundle).toContain("schemaDescription:!0,inputValueDeprecation:!0");
  return getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true });
}

describe("a standard introspection query", () => {
  it.each([
    ["graphql-js", getIntrospectionQuery()],
    ["GraphiQL", queryOfGraphiQL()],
    [
      "graphql-js with all options",
      getIntrospectionQuery({
        specifiedByUrl: true,
        oneOf: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
      }),
    ],
  ])("of %s costs one object, and is answered alike each time", async (_whose, query) => {
    const [first, second] = [await api.graphql(query), await api.graphql(`# again\n${query}`)];
    expect(first.extensions.cost.requested).toBe(1);
    expect(first.data.__schema.types.length).toBeGreaterThan(300);
    expect(second.data).toEqual(first.data);
  });

  it("that asks for one thing more is measured like all else", async () => {
    const query = getIntrospectionQuery().replace("queryType {", "a: queryType { name } queryType {");
    const { data, extensions } = await api.graphql(query);
    expect(data.__schema.a).toEqual({ name: "Query" });
    expect(extensions.cost.requested).toBeGreaterThan(1_000);
  });
});

describe("introspection by aliases", () => {
  it("of the same types many times is refused before it runs", async () => {
    const types = "types { fields { args { type { ofType { ofType { name } } } } } }";
    const aliases = Array.from({ length: 40 }, (_, index) => `a${index}: ${types}`).join(" ");
    const began = process.cpuUsage();
    const { errors, data } = await api.graphql(`{ __schema { ${aliases} } }`);
    const { user } = process.cpuUsage(began);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_REQUEST", limit: { name: "cost" } });
    expect(user / 1_000).toBeLessThan(2_000);
  });

  it("that lie deep within each other are counted by their levels", async () => {
    const deep = "ofType { ".repeat(14) + "name" + " }".repeat(14);
    const { errors } = await api.graphql(`{ __type(name: "Query") { ${deep} } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ limit: { name: "depth" } });
  });
});
