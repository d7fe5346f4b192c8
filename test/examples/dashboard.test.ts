import { type DocumentNode, Kind, print } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as generated from "../../examples/dashboard/generated/graphql.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { type BillingIds, insertBilling, month } from "./billing-rows.ts";

interface Tenant extends TestEnvironment {
  readonly ids: BillingIds;
}

let api: TestApi;
let one: Tenant;
let twenty: Tenant;
beforeAll(async () => {
  api = await startApi();
  const tenant = async (environment: TestEnvironment, size: number): Promise<Tenant> => ({
    ...environment,
    ids: await insertBilling(api, environment.environmentId, size),
  });
  one = await tenant(api, 1);
  twenty = await tenant(await api.newEnvironment(), 20);
});
afterAll(() => api.close());

/** What a page is asked with, and how many statements it takes whatever it shows. */
const pages: Record<
  string,
  { statements: number; most?: number; variables?: (ids: BillingIds) => Record<string, unknown> }
> = {
  ViewerHeader: { statements: 0 },
  // the page and its count; of each row the counts of subscriptions and of invoices
  CustomerList: {
    statements: 4,
    variables: () => ({
      filter: { search: "CUSTOMER", status: ["ACTIVE"] },
      orderBy: { field: "NAME", direction: "DESC" },
      first: 100,
    }),
  },
  // the customer; external ids; integrations; subscriptions and their count, items, prices, products, meters;
  // invoices and their count; usage and its meters, among which are those of the prices: when the prices are there
  // before the usage is, their meters are read on their own
  CustomerPage: {
    statements: 12,
    most: 13,
    variables: ({ Customer }) => ({ id: Customer[0], usageFrom: month.start, usageTo: month.end }),
  },
  // the subscription; customer; items, prices, products, meters; invoices and their count; events and their meters,
  // which may be those of the prices, as above
  SubscriptionPage: {
    statements: 10,
    most: 11,
    variables: ({ BillingSubscription }) => ({ id: BillingSubscription[0] }),
  },
  // the page and its count; the customers
  InvoiceList: {
    statements: 3,
    variables: () => ({
      filter: { status: ["PARTIALLY_PAID"], due: { from: month.start, before: "2026-05-01T00:00:00Z" } },
      orderBy: { field: "DUE_AT" },
      first: 100,
    }),
  },
  // the invoice; customer; subscription; lines and their count, products, prices
  InvoicePage: { statements: 7, variables: ({ Invoice }) => ({ id: Invoice[0] }) },
  // the page and its count; prices and their count; meters
  ProductList: { statements: 5, variables: () => ({ filter: { active: true }, first: 100 }) },
  // the meters; the page of events, their meters and customers
  UsageExplorer: {
    statements: 4,
    variables: () => ({ filter: { timestamp: { from: month.start, before: month.end } }, first: 100 }),
  },
};

const documents = new Map(
  Object.values<DocumentNode>(generated as never).flatMap((document) => {
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operation && "name" in operation && operation.name ? [[operation.name.value, document]] : [];
  }),
);

/** Asks for a page, and gives its data and the statements it took beside the look-up of the key. */
async function open(name: string, { key, ids }: Tenant) {
  const document = documents.get(name);
  if (!document) throw new Error(`there is no query ${name}`);
  api.statements.length = 0;
  const variables = pages[name]?.variables?.(ids) ?? {};
  const { data, errors } = await api.graphql(print(document), variables, { key });
  expect(errors).toBeUndefined();
  return { data, statements: api.statements.filter(({ text }) => !text.includes("FROM api_keys")) };
}

/** The paths of all that is missing from an answer: nulls and empty lists. */
function missing(value: unknown, path: string): string[] {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [path];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, part]) => missing(part, `${path}.${name}`));
}

const mayBeMissing = /\.(archivedAt|canceledAt|endedAt|lastEventAt|paidAt)$/;

it("has a page for every query of the dashboard", () => {
  expect(Object.keys(pages).toSorted()).toEqual([...documents.keys()].toSorted());
});

describe.each(Object.keys(pages))("%s", (name) => {
  const { statements = 0, most = statements } = pages[name] ?? {};

  it("shows all of it", async () => {
    for (const tenant of [one, twenty]) {
      const { data } = await open(name, tenant);
      expect(missing(data, name).filter((path) => !mayBeMissing.test(path))).toEqual([]);
    }
  });

  it(`takes ${statements} statements, for one row and for twenty`, async () => {
    for (const tenant of [one, twenty]) {
      const taken = (await open(name, tenant)).statements.length;
      expect(taken).toBeGreaterThanOrEqual(statements);
      expect(taken).toBeLessThanOrEqual(most);
    }
  });
});

it("shows a page of twenty as twenty", async () => {
  expect((await open("CustomerList", twenty)).data.customers).toMatchObject({
    totalCount: 20,
    nodes: { length: 20, 0: { name: "Customer 9", liveSubscriptions: { totalCount: 1 } } },
  });
  expect((await open("CustomerPage", twenty)).data.customer).toMatchObject({
    subscriptions: { totalCount: 20, nodes: { length: 20 } },
    invoices: { totalCount: 20, nodes: { length: 10 }, pageInfo: { hasNextPage: true } },
    usage: { length: 21 },
  });
  expect((await open("InvoicePage", twenty)).data.invoice.lines).toMatchObject({ nodes: { length: 20 } });
  expect((await open("SubscriptionPage", twenty)).data.subscription.items).toMatchObject({
    nodes: { length: 20 },
  });
});

it("opens with the scopes that the README names, each of which it needs", async () => {
  const scopes = ["customers", "invoices", "subscriptions", "products", "prices", "meters", "usage"].map(
    (resource) => `${resource}:read`,
  );
  const refused = async (key: string): Promise<boolean> => {
    for (const [name, document] of documents) {
      const { errors } = await api.graphql(print(document), pages[name]?.variables?.(one.ids), { key });
      for (const { extensions } of errors ?? []) expect(extensions["code"]).toBe("PERMISSION_DENIED");
      if (errors) return true;
    }
    return false;
  };
  expect(await refused(await api.keyWith(...scopes))).toBe(false);
  for (const scope of scopes) {
    expect(await refused(await api.keyWith(...scopes.filter((other) => other !== scope)))).toBe(true);
  }
});
