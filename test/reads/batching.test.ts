import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { analyze, at, insert, times } from "./fixtures.ts";
import { type Observed, countRowsRead, observe } from "./statements.ts";

interface Walk {
  readonly customer: { readonly invoices: { readonly pageInfo: { readonly endCursor: string } } };
}

let api: TestApi;
let customerIds: string[];

beforeAll(async () => {
  api = await startApi();
  customerIds = await insert(
    api,
    "Customer",
    times(100, () => ({})),
  );
  // The latest customer has 2,000 invoices, the others six each.
  const owners = customerIds.flatMap((id, index) => times(index === 99 ? 2000 : 6, () => id));
  const invoiceIds = await insert(
    api,
    "Invoice",
    owners.map((customerId, index) => ({
      customerId,
      status: index % 3 === 2 ? ("OVERDUE" as const) : ("PAID" as const),
      dueAt: at(index % 500),
    })),
  );
  await insert(
    api,
    "InvoiceLine",
    invoiceIds.slice(0, 700).flatMap((invoiceId) => times(3, (position) => ({ invoiceId, position }))),
  );
  const [productId = ""] = await insert(api, "Product", [{}]);
  const [meterId = ""] = await insert(api, "Meter", [{ aggregation: "SUM" }]);
  const priceIds = await insert(
    api,
    "Price",
    times(10, () => ({ productId, meterId })),
  );
  const subscriptionIds = await insert(
    api,
    "BillingSubscription",
    customerIds.flatMap((customerId) => times(2, () => ({ customerId }))),
  );
  await insert(
    api,
    "SubscriptionItem",
    subscriptionIds.flatMap((subscriptionId, index) =>
      times(2, (position) => ({
        subscriptionId,
        position,
        priceId: priceIds[(index + position) % 10] ?? "",
      })),
    ),
  );
  await insert(
    api,
    "UsageEvent",
    customerIds.flatMap((customerId) =>
      times(20, (second) => ({ customerId, meterId, timestamp: at(second) })),
    ),
  );
  await analyze(api);
});

afterAll(() => api.close());

/** Reads the `count` latest customers with these fields. */
const read = (fields: string, count: number) =>
  observe(api, `query ($count: Int!) { customers(first: $count) { nodes { id ${fields} } } }`, { count });

describe("the number of statements is the same for 1, 10 and 100 parents", () => {
  test.each([
    ["a list", "invoices(first: 2) { nodes { id } }", 2],
    ["a list of lists", "invoices(first: 2) { nodes { lines { nodes { amount { formatted } } } } }", 3],
    ["only a count", "invoices { totalCount }", 2],
    [
      "a list with its count and its page",
      "invoices(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } }",
      3,
    ],
    ["the way back", "invoices(first: 1) { nodes { customer { invoices(last: 1) { nodes { id } } } } }", 4],
    [
      "four levels over three domains",
      "subscriptions(first: 2) { nodes { items(first: 2) { nodes { price { product { name } meter { name } } } } } }",
      6,
    ],
    [
      "usage by meter",
      'usage(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z") { total meter { name } }',
      3,
    ],
    ["usage events", "usageEvents(first: 2) { nodes { meter { name } } }", 3],
    [
      "aliases with different arguments",
      `latest: invoices(first: 1) { nodes { id } }
       first: invoices(last: 1) { nodes { id } }
       overdue: invoices(first: 1, filter: { status: OVERDUE }) { totalCount nodes { id } }`,
      5,
    ],
  ])("%s", async (_name, fields, expected) => {
    for (const count of [1, 10, 100]) {
      const { data, errors, statements } = await read(fields, count);
      expect(errors).toBeUndefined();
      expect(data.customers.nodes).toHaveLength(count);
      expect(statements.map(({ text }) => text)).toHaveLength(expected);
    }
  });
});

describe("a page under five customers, one of whom has 2,000 invoices, reads", () => {
  const readFive = async (fields: string) => {
    const { data, errors, statements } = await read(fields, 5);
    expect(errors).toBeUndefined();
    const nested = statements.filter(({ text }) => text.includes("unnest"));
    return { nodes: data.customers.nodes, rows: await countRowsRead(api, nested) };
  };

  test.each([
    ["the rows of the page alone", "invoices(first: 3) { nodes { id } }", 15],
    [
      "one more, to know whether others follow",
      "invoices(first: 3) { nodes { id } pageInfo { hasNextPage } }",
      20,
    ],
    ["the same from the other end", "invoices(last: 3) { nodes { id } pageInfo { hasPreviousPage } }", 20],
    ["the same in another order", "invoices(first: 3, orderBy: { field: DUE_AT }) { nodes { id } }", 15],
    ["the same with a filter", "invoices(first: 1, filter: { status: OVERDUE }) { nodes { id } }", 5],
    ["the same at the next level", "invoices(first: 3) { nodes { lines(first: 2) { nodes { id } } } }", 45],
    ["the same of usage", "usageEvents(first: 3) { nodes { id } }", 15],
  ])("%s", async (_name, fields, most) => {
    const { nodes, rows } = await readFive(fields);
    for (const node of nodes) expect(Object.values<any>(node)[1].nodes.length).toBeGreaterThan(0); // oxlint-disable-line typescript/no-explicit-any
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(most);
  });

  test("only rows behind the cursor, even deep in the list", async () => {
    const [id] = customerIds.slice(-1);
    const document = `query ($id: ID!, $after: String) {
      customer(id: $id) { invoices(first: 100, after: $after) { pageInfo { endCursor } nodes { id } } }
    }`;
    let after: string | undefined;
    for (let page = 0; page < 15; page++) {
      const answer: Observed<Walk> = await observe(api, document, { id, after });
      after = answer.data.customer.invoices.pageInfo.endCursor;
    }
    const { data, statements } = await observe(api, document, { id, after });
    expect(data.customer.invoices.nodes).toHaveLength(100);
    expect(await countRowsRead(api, statements.slice(1))).toBe(101);
  });
});

describe("totalCount", () => {
  test("is counted only where it is selected", async () => {
    const without = await read("invoices(first: 1) { nodes { id } }", 5);
    expect(without.statements.filter(({ text }) => text.includes("count("))).toEqual([]);
    const inFragment = await observe(
      api,
      `{ customers(first: 5) { nodes { invoices(first: 1) { ...Count } } } }
       fragment Count on InvoiceConnection { ... { totalCount } }`,
    );
    expect(inFragment.data.customers.nodes[0].invoices.totalCount).toBe(2000);
    expect(inFragment.statements).toHaveLength(2);
  });

  test("counts the whole list under its filter, for every parent at once", async () => {
    const { data, statements } = await read(
      "all: invoices(first: 1) { totalCount } overdue: invoices(filter: { status: OVERDUE }) { totalCount }",
      2,
    );
    const [latest, other] = data.customers.nodes;
    expect(latest.all.totalCount).toBe(2000);
    expect(other.all.totalCount).toBe(6);
    expect(other.overdue.totalCount).toBe(2);
    expect(statements).toHaveLength(3);
    expect(statements.filter(({ text }) => text.includes("LATERAL"))).toEqual([]);
  });

  test("is 0 for a parent without rows", async () => {
    const [id = ""] = await insert(api, "Customer", [{ createdAt: at(-1) }]);
    const { data } = await observe(
      api,
      "query ($id: ID!) { customer(id: $id) { invoices { totalCount nodes { id } pageInfo { hasNextPage startCursor } } } }",
      { id },
    );
    expect(data.customer.invoices).toEqual({
      totalCount: 0,
      nodes: [],
      pageInfo: { hasNextPage: false, startCursor: null },
    });
  });
});
