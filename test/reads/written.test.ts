import { getNamedType, isLeafType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert, insertOneOfEach } from "./fixtures.ts";
import { observe } from "./statements.ts";

// Rows of which columns are just shown are written from what PostgreSQL sends, and never become objects.

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await insertOneOfEach(api);
});
afterAll(() => api.close());

const schema = buildSchema();

const lists = Object.values(schema.getQueryType()!.getFields()).flatMap(({ name, type }) => {
  const model = entityNames().find((one) => `${one}Connection` === getNamedType(type).name);
  return model ? [{ name, model }] : [];
});

describe("what a list shows of a row is what the row shows of itself", () => {
  it.each(lists)("$name", async ({ name, model }) => {
    const type = schema.getType(model);
    if (!isObjectType(type)) throw new Error(`${model} is no type of objects`);
    const leaves = Object.values(type.getFields()).flatMap((field) =>
      isLeafType(getNamedType(field.type)) && !field.args.length ? [field.name] : [],
    );
    const amounts = Object.values(type.getFields()).flatMap((field) =>
      getNamedType(field.type).name === "Money" && !field.args.length ? [field.name] : [],
    );
    const money = amounts.map((amount) => `${amount} { currency amount }`).join(" ");
    const asked = `itsType: __typename ${leaves.join(" ")} again: ${leaves.at(-1)} ${money}`;
    const { data, statements } = await observe(api, `{ ${name}(first: 1) { nodes { ${asked} } } }`);
    // Amounts of rows that have no currency of their own look it up where they are not listed below who has it.
    expect(statements.filter(({ text }) => text.includes("LIMIT"))).toHaveLength(1);
    const [row] = data[name].nodes;
    const alone = await api.query(`{ node(id: "${row.id}") { ... on ${model} { ${asked} } } }`);
    expect(row).toEqual(alone.data.node);
  });
});

describe("values", () => {
  const namesUnder = async (id: string) => {
    const { data } = await api.query(
      `{ customer(id: "${id}") { subscriptions { nodes { items { nodes { description quantity createdAt removedAt } } } } } }`,
    );
    return data.customer.subscriptions.nodes.map(({ items }: { items: { nodes: object[] } }) => items.nodes);
  };

  const shop = async (items: readonly object[]): Promise<string> => {
    const [customerId = ""] = await insert(api, "Customer", [{}]);
    const [productId] = await insert(api, "Product", [{}]);
    const [priceId] = await insert(api, "Price", [{ productId }] as never);
    const [subscriptionId] = await insert(api, "BillingSubscription", [{ customerId }]);
    const rows = items.map((item) => ({ subscriptionId, priceId, ...item }));
    await insert(api, "SubscriptionItem", rows as never);
    return customerId;
  };

  it("are texts of any kind, decimal numbers without zeros behind them, and instants with three digits", async () => {
    const descriptions = [
      'She said "no" to C:\\temp',
      "two\nlines\tand a bell\u0007",
      "Zoë, 東京, 😀, \u2028",
      "",
      null,
    ];
    const id = await shop(
      descriptions.map((description, index) => ({
        description,
        quantity: ["1.500000000000", "100", "0", "3.10", "0.000000000001"][index],
      })),
    );
    await api.database.pool.query(
      `UPDATE subscription_items SET removed_at = NULL, created_at = '2026-01-01 00:00:00.02+00'
       WHERE description LIKE 'She%'`,
    );
    const [items] = await namesUnder(id);
    expect(items.map(({ description }: { description: string }) => description)).toEqual(descriptions);
    expect(items.map(({ quantity }: { quantity: string }) => quantity)).toEqual([
      "1.5",
      "100",
      "0",
      "3.1",
      "0.000000000001",
    ]);
    expect(items[0]).toMatchObject({ createdAt: "2026-01-01T00:00:00.020Z", removedAt: null });
    expect(items[1]).toMatchObject({ createdAt: "2026-01-01T00:00:01.000Z" });
  });

  it("are told apart where the same list is asked for twice, for other fields and in the same words", async () => {
    const id = await shop([{ description: "One" }, { description: "Two" }]);
    const { data } = await api.query(`{ customer(id: "${id}") { subscriptions { nodes {
      a: items { nodes { description } } b: items { nodes { position d: description } } c: items { nodes { description } }
      d: items(last: 2) { edges { node { description } } } e: items(first: 1) { nodes { position } pageInfo { hasNextPage } }
    } } } }`);
    const [{ a, b, c, d, e }] = data.customer.subscriptions.nodes;
    expect(a.nodes).toEqual([{ description: "One" }, { description: "Two" }]);
    expect(b.nodes).toEqual([
      { position: 0, d: "One" },
      { position: 1, d: "Two" },
    ]);
    expect(c).toEqual(a);
    expect(d.edges).toEqual(a.nodes.map((node: object) => ({ node })));
    expect(e).toEqual({ nodes: [{ position: 0 }], pageInfo: { hasNextPage: true } });
  });
});

describe("amounts", () => {
  it.each([
    ["invoices", "lines"],
    ["invoices", "payments"],
    ["invoices", "discounts"],
    ["creditNotes", "lines"],
  ])("of %s have the currency of what they are %s of", async (parents, children) => {
    const asked = `${children}(first: 1) { nodes { id amount { amount currency } } }`;
    const { data, statements } = await observe(api, `{ ${parents} { nodes { currency ${asked} } } }`);
    expect(statements).toHaveLength(2);
    const parent = data[parents].nodes.find((one: any) => one[children].nodes.length); // oxlint-disable-line typescript/no-explicit-any -- as in the answer
    const [child] = parent[children].nodes;
    expect(child.amount.currency).toBe(parent.currency);
    const alone = await api.query(
      `{ node(id: "${child.id}") { ... on Node { __typename } ... on InvoiceLine { amount { amount currency } }
        ... on InvoicePayment { amount { amount currency } } ... on InvoiceDiscount { amount { amount currency } }
        ... on CreditNoteLine { amount { amount currency } } } }`,
    );
    expect(alone.data.node.amount).toEqual(child.amount);
  });
});

describe("cursors", () => {
  it("are those of the order that a variable says, whatever order was asked for before", async () => {
    await insert(api, "Customer", [{ name: "Ada" }, { name: "Bob" }]);
    const page = (field: string) => `customers(first: 2, orderBy: { field: ${field} }) {
      nodes { name email } pageInfo { startCursor endCursor hasNextPage } }`;
    for (const field of ["CREATED_AT", "NAME", "CREATED_AT"]) {
      const fixed = await api.query(`{ ${page(field)} }`);
      const { data } = await api.query(`query ($field: CustomerOrderField!) { ${page("$field")} }`, {
        field,
      });
      expect(data).toEqual(fixed.data);
    }
  });
});

describe("what cannot be written as it is", () => {
  it("is told as it is told of an object: an amount that no JSON number holds is an error of its field", async () => {
    const [customerId = ""] = await insert(api, "Customer", [{}]);
    await insert(api, "Invoice", [
      { customerId, subtotal: 2n ** 53n, discount: 1n, total: 2n ** 53n - 1n, createdAt: at(0) },
      { customerId, subtotal: 100n, discount: 0n, total: 100n, createdAt: at(1) },
    ]);
    const read = (fields: string) =>
      observe(api, `{ customer(id: "${customerId}") { invoices { nodes { ${fields} } } } }`);
    const { errors, data } = await read("subtotal { amount }");
    expect(errors).toMatchObject([{ path: ["customer", "invoices", "nodes", 1, "subtotal", "amount"] }]);
    expect(data.customer.invoices).toBeNull();
    const { data: others } = await read("version");
    expect(others.customer.invoices.nodes).toHaveLength(2);
  });

  it("leaves the largest amount that can be", async () => {
    const [customerId = ""] = await insert(api, "Customer", [{}]);
    await insert(api, "Invoice", [{ customerId, subtotal: 2n ** 53n - 1n, total: 2n ** 53n - 1n }]);
    const { data } = await api.query(
      `{ customer(id: "${customerId}") { invoices { nodes { total { amount currency } } } } }`,
    );
    expect(data.customer.invoices.nodes).toEqual([
      { total: { amount: Number.MAX_SAFE_INTEGER, currency: "USD" } },
    ]);
  });
});
