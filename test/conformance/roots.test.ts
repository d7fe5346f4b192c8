import { buildSchema as parseSchema, printSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSchema } from "../../src/graph/schema.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe("the type Subscription is no root of the graph", () => {
  it.each(["/graphql", "/subgraph"])("at %s", async (path) => {
    const { data } = await api.graphql("{ __schema { subscriptionType { name } } }", {}, { path });
    expect(data).toEqual({ __schema: { subscriptionType: null } });
    const { errors } = await api.graphql("subscription { id }", {}, { path });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST" } }]);
  });

  it("for those who read the schema as a text", () => {
    expect(parseSchema(printSchema(buildSchema())).getSubscriptionType() ?? null).toBeNull();
  });
});
