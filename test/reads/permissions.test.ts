import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "./fixtures.ts";

let api: TestApi;
let ids: Awaited<ReturnType<typeof insertOneOfEach>>;

beforeAll(async () => {
  api = await startApi();
  ids = await insertOneOfEach(api);
});
afterAll(() => api.close());

/** The paths at which an answer says PERMISSION_DENIED; throws for any other error. */
function denied({ errors = [] }: Awaited<ReturnType<TestApi["graphql"]>>): string[] {
  for (const { extensions } of errors) expect(extensions["code"]).toBe("PERMISSION_DENIED");
  return errors.map(({ path }) => (path ?? []).join(".")).toSorted();
}

describe("without its scope", () => {
  const fields: [scope: string, ...queries: string[]][] = [
    ["customers:read", "customer(id: $id) { id }", "customers { totalCount }"],
    ["products:read", "product(id: $id) { id }", "products { totalCount }"],
    ["prices:read", "price(id: $id) { id }", "prices { totalCount }"],
    ["subscriptions:read", "subscription(id: $id) { id }", "subscriptions { totalCount }"],
    ["invoices:read", "invoice(id: $id) { id }", "invoices { totalCount }"],
    ["credit_notes:read", "creditNote(id: $id) { id }", "creditNotes { totalCount }"],
    ["meters:read", "meter(id: $id) { id }", "meters { totalCount }"],
    ["usage:read", "usageEvents { totalCount }"],
  ];

  test.each(fields)("%s: its queries are denied, and the others answer", async (scope, ...queries) => {
    const others = fields.filter(([other]) => other !== scope);
    const key = await api.keyWith(...others.map(([other]) => other), scope.replace(":read", ":write"));
    const document = `query ($id: ID!) { ${fields.flatMap(([, ...all]) => all).join(" ")} }`;
    const answer = await api.graphql(document, { id: ids.customerId }, { key });
    expect(denied(answer)).toEqual(queries.map((query) => query.replace(/\W.*/, "")).toSorted());
    const lists = Object.keys(answer.data).filter((name) => name.endsWith("s"));
    const nulls = lists.filter((name) => answer.data[name] === null);
    expect(nulls).toEqual(
      queries.map((query) => query.replace(/\W.*/, "")).filter((name) => name.endsWith("s")),
    );
  });
});

test("fields that lead to another scope are null, and the rest of the object answers", async () => {
  const key = await api.keyWith("customers:read", "invoices:read");
  const answer = await api.graphql(
    `query ($customer: ID!, $invoice: ID!) {
      customer(id: $customer) {
        name
        invoices { nodes { number } }
        subscriptions { totalCount }
        usageEvents { totalCount }
        usage { total }
      }
      invoice(id: $invoice) {
        subscription { id }
        lines { nodes { description product { id } price { id } subscriptionItem { id } } }
      }
    }`,
    { customer: ids.customerId, invoice: ids.invoiceId },
    { key },
  );
  expect(denied(answer)).toEqual([
    "customer.subscriptions",
    "customer.usage",
    "customer.usageEvents",
    "invoice.lines.nodes.0.price",
    "invoice.lines.nodes.0.product",
    "invoice.lines.nodes.0.subscriptionItem",
    "invoice.subscription",
  ]);
  expect(answer.data).toEqual({
    customer: {
      name: "Ada",
      invoices: { nodes: [{ number: "INV-1" }] },
      subscriptions: null,
      usageEvents: null,
      usage: null,
    },
    invoice: {
      subscription: null,
      lines: { nodes: [{ description: "Line", product: null, price: null, subscriptionItem: null }] },
    },
  });
});

test("usage without meters:read has figures but no meter", async () => {
  const key = await api.keyWith("customers:read", "usage:read");
  const answer = await api.graphql(
    "query ($id: ID!) { customer(id: $id) { usage { eventCount meter { name } } } }",
    { id: ids.customerId },
    { key },
  );
  expect(denied(answer)).toEqual(["customer.usage.0.meter"]);
  expect(answer.data.customer.usage).toMatchObject([{ meter: null }]);
});

describe("nodes of a type whose scope is missing", () => {
  test("are null with an error at their place, and the others answer", async () => {
    const key = await api.keyWith("invoices:read");
    const answer = await api.graphql(
      "query ($a: ID!, $b: ID!) { node(id: $b) { id } nodes(ids: [$b, $a, $b]) { id } }",
      { a: ids.invoiceId, b: ids.customerId },
      { key },
    );
    expect(denied(answer)).toEqual(["node", "nodes.0", "nodes.2"]);
    expect(answer.data).toEqual({ node: null, nodes: [null, { id: ids.invoiceId }, null] });
  });

  test("are denied to gateways as well", async () => {
    const key = await api.keyWith("invoices:read");
    const answer = await api.graphql(
      `query ($all: [_Any!]!) { _entities(representations: $all) { __typename ... on Invoice { number } } }`,
      {
        all: [
          { __typename: "Customer", id: ids.customerId },
          { __typename: "Invoice", id: ids.invoiceId },
        ],
      },
      { key, path: "/subgraph" },
    );
    expect(denied(answer)).toEqual(["_entities.0"]);
    expect(answer.data._entities).toEqual([null, { __typename: "Invoice", number: "INV-1" }]);
  });
});
