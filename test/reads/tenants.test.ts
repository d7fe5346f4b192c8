import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "./fixtures.ts";

type Ids = Awaited<ReturnType<typeof insertOneOfEach>>;

let api: TestApi;
let stranger: TestEnvironment;
let ids: Ids;
let foreign: Ids;

beforeAll(async () => {
  api = await startApi();
  // The same merchant in live mode: even that is another tenant.
  stranger = await api.newEnvironment({ livemode: true, merchantId: api.merchantId });
  ids = await insertOneOfEach(api);
  foreign = await insertOneOfEach(api, stranger.environmentId);
});
afterAll(() => api.close());

test("no query by id finds a foreign row", async () => {
  const queries = ["customer", "product", "price", "subscription", "invoice", "meter"] as const;
  const fields = queries.map((name) => `${name}(id: "${foreign[`${name}Id`]}") { id }`);
  const { data } = await api.query(`{ ${fields.join(" ")} }`);
  expect(data).toEqual(Object.fromEntries(queries.map((name) => [name, null])));
  const theirs = await api.query(`{ ${fields.join(" ")} }`, {}, stranger.key);
  expect(theirs.data).toEqual(
    Object.fromEntries(queries.map((name) => [name, { id: foreign[`${name}Id`] }])),
  );
});

test("nodes and references of gateways are null for foreign ids", async () => {
  const wanted = [...Object.values(foreign), ids.invoiceId];
  const { data } = await api.query("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: wanted });
  expect(data.nodes).toEqual([...Object.values(foreign).map(() => null), { id: ids.invoiceId }]);

  const references = [foreign.invoiceId, ids.invoiceId].map((id) => ({ __typename: "Invoice", id }));
  const answer = await api.graphql(
    "query ($all: [_Any!]!) { _entities(representations: $all) { ... on Invoice { id } } }",
    { all: references },
    { path: "/subgraph" },
  );
  expect(answer.data._entities).toEqual([null, { id: ids.invoiceId }]);
});

test("a key without the scope learns nothing of foreign ids", async () => {
  const key = await api.keyWith("products:read");
  const { data, errors } = await api.graphql(
    "query ($id: ID!) { node(id: $id) { id } }",
    { id: foreign.invoiceId },
    { key },
  );
  expect(errors).toBeUndefined();
  expect(data.node).toBeNull();
});

describe("lists hold own rows only", () => {
  test.each([
    ["testClocks", "clockId"],
    ["customers", "customerId"],
    ["products", "productId"],
    ["prices", "priceId"],
    ["subscriptions", "subscriptionId"],
    ["invoices", "invoiceId"],
    ["creditNotes", "noteId"],
    ["customerBalanceTransactions", "movementId"],
    ["meters", "meterId"],
    ["usageEvents", "eventId"],
  ] as const)("%s", async (list, id) => {
    const document = `{ ${list} { totalCount nodes { id } } }`;
    const own = await api.query(document);
    expect(own.data[list]).toEqual({ totalCount: 1, nodes: [{ id: ids[id] }] });
    const theirs = await api.query(document, {}, stranger.key);
    expect(theirs.data[list]).toEqual({ totalCount: 1, nodes: [{ id: foreign[id] }] });
  });
});

describe("filters by a foreign id leave nothing", () => {
  test.each([
    ["prices", "productId"],
    ["prices", "meterId"],
    ["subscriptions", "customerId"],
    ["subscriptions", "priceId"],
    ["invoices", "customerId"],
    ["invoices", "subscriptionId"],
    ["creditNotes", "invoiceId"],
    ["creditNotes", "customerId"],
    ["usageEvents", "customerId"],
    ["usageEvents", "meterId"],
    ["usageEvents", "subscriptionId"],
  ] as const)("%s by %s", async (list, by) => {
    const document = `query ($id: ID!) { ${list}(filter: { ${by}: $id }) { totalCount nodes { id } } }`;
    const { data } = await api.query(document, { id: foreign[by] });
    expect(data[list]).toEqual({ totalCount: 0, nodes: [] });
    const own = await api.query(document, { id: ids[by] });
    expect(own.data[list].totalCount).toBe(1);
  });
});

test("usage knows no foreign meters and no foreign events", async () => {
  const { data } = await api.query(
    `query ($id: ID!, $foreign: ID!) { customer(id: $id) {
      all: usage(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z") { total meter { id } }
      theirs: usage(meterIds: [$foreign]) { total }
    } }`,
    { id: ids.customerId, foreign: foreign.meterId },
  );
  expect(data.customer).toEqual({ all: [{ total: "1", meter: { id: ids.meterId } }], theirs: [] });
});
