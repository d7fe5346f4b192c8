import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert, insertOneOfEach } from "./fixtures.ts";

let api: TestApi;
let ids: Awaited<ReturnType<typeof insertOneOfEach>>;
/** A second one of each, with other values. */
let other: {
  customerId: string;
  productId: string;
  meterId: string;
  priceId: string;
  subscriptionId: string;
};

beforeAll(async () => {
  api = await startApi();
  ids = await insertOneOfEach(api);
  const one = async (model: Parameters<typeof insert>[1], row: object): Promise<string> => {
    const [id = ""] = await insert(api, model, [{ createdAt: at(60), ...row }]);
    return id;
  };
  const customerId = await one("Customer", {});
  const productId = await one("Product", {
    name: "100%_off\\",
    productKey: "Sale",
    kind: "USAGE",
    active: false,
  });
  const meterId = await one("Meter", { name: "Bytes", eventName: "bytes", status: "ARCHIVED" });
  const priceId = await one("Price", {
    productId,
    meterId,
    lookupKey: "sale",
    currency: "JPY",
    active: false,
    type: "ONE_TIME",
    interval: null,
    intervalCount: null,
  });
  const subscriptionId = await one("BillingSubscription", { customerId, status: "CANCELED" });
  await one("SubscriptionItem", { subscriptionId, priceId });
  await one("Invoice", { customerId, subscriptionId, number: "INV-2", status: "VOID", currency: "JPY" });
  await one("UsageEvent", {
    customerId,
    meterId,
    subscriptionId,
    timestamp: at(60),
    idempotencyKey: "event-2",
  });
  other = { customerId, productId, meterId, priceId, subscriptionId };
});
afterAll(() => api.close());

/** How a row of each list is told: `1` for the first of each, `2` for the second. */
const marks = {
  products: "mark: productKey",
  prices: "mark: lookupKey",
  subscriptions: "mark: status",
  invoices: "mark: number",
  meters: "mark: eventName",
  usageEvents: "mark: idempotencyKey",
} as const;

const second = new Set<string>(["Sale", "sale", "CANCELED", "INV-2", "bytes", "event-2"]);

type ListName = keyof typeof marks;

/** Which rows of the list a filter leaves, oldest first. */
async function filtered(list: ListName, filter: object): Promise<number[]> {
  const type = singular[list];
  const { data } = await api.query(
    `query ($filter: ${type}Filter) { ${list}(filter: $filter) { totalCount nodes { ${marks[list]} } } }`,
    { filter },
  );
  const { totalCount, nodes } = data[list] as { totalCount: number; nodes: { mark: string }[] };
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ mark }) => (second.has(mark) ? 2 : 1)).toSorted((one, two) => one - two);
}

const singular: Record<ListName, string> = {
  products: "Product",
  prices: "Price",
  subscriptions: "BillingSubscription",
  invoices: "Invoice",
  meters: "Meter",
  usageEvents: "UsageEvent",
};

const early = { from: "2026-01-01T00:00:00Z", before: "2026-01-01T00:01:00Z" };
const late = { from: "2026-01-01T00:01:00Z" };

describe.each<[ListName, [what: string, filter: () => object, left: number[]][]]>([
  [
    "products",
    [
      ["nothing", () => ({}), [1, 2]],
      ["a part of the name, in any case", () => ({ search: "pLA" }), [1]],
      ["a part of the key", () => ({ search: "sal" }), [2]],
      ["signs that LIKE knows", () => ({ search: "%_O" }), [2]],
      ["a backslash", () => ({ search: "\\" }), [2]],
      ["a lone percent sign's meaning", () => ({ search: "p%n" }), []],
      ["the key", () => ({ productKey: "plan" }), [1]],
      ["the key in another case", () => ({ productKey: "PLAN" }), []],
      ["a kind", () => ({ kind: "USAGE" }), [2]],
      ["kinds", () => ({ kind: ["USAGE", "SUBSCRIPTION"] }), [1, 2]],
      ["no kinds", () => ({ kind: [] }), []],
      ["active ones", () => ({ active: true }), [1]],
      ["inactive ones", () => ({ active: false }), [2]],
      ["when it was created", () => ({ created: early }), [1]],
      ["several at once", () => ({ created: late, kind: ["USAGE"], active: true }), []],
      ["nulls, which say nothing", () => ({ search: null, kind: null, active: null, created: null }), [1, 2]],
    ],
  ],
  [
    "prices",
    [
      ["a product", () => ({ productId: ids.productId }), [1]],
      ["a meter", () => ({ meterId: other.meterId }), [2]],
      ["inactive ones", () => ({ active: false }), [2]],
      ["a currency in any case", () => ({ currency: "jpy" }), [2]],
      ["a type", () => ({ type: "RECURRING" }), [1]],
      ["a lookup key", () => ({ lookupKey: "sale" }), [2]],
      ["when it was created", () => ({ created: { before: early.before } }), [1]],
      ["an id of nothing", () => ({ productId: newId() }), []],
      ["an id that is none", () => ({ productId: "nonsense" }), []],
      ["an id of something else", () => ({ meterId: ids.productId }), []],
    ],
  ],
  [
    "subscriptions",
    [
      ["a state", () => ({ status: ["CANCELED"] }), [2]],
      ["states", () => ({ status: ["CANCELED", "ACTIVE"] }), [1, 2]],
      ["no states", () => ({ status: [] }), []],
      ["a customer, whatever the case of the id", () => ({ customerId: ids.customerId.toUpperCase() }), [1]],
      ["an id that is none", () => ({ customerId: "'; DROP TABLE customers; --" }), []],
      ["a price of an item", () => ({ priceId: other.priceId }), [2]],
      ["a price that is none", () => ({ priceId: "" }), []],
      ["when it was created", () => ({ created: late }), [2]],
    ],
  ],
  [
    "invoices",
    [
      ["a state", () => ({ status: "VOID" }), [2]],
      ["states", () => ({ status: ["PAID", "OVERDUE"] }), [1]],
      ["a customer", () => ({ customerId: other.customerId }), [2]],
      ["a subscription", () => ({ subscriptionId: ids.subscriptionId }), [1]],
      ["ids that are none", () => ({ customerId: "0", subscriptionId: "0" }), []],
      ["a currency", () => ({ currency: "USD" }), [1]],
      ["a number", () => ({ number: "INV-2" }), [2]],
      ["a part of a number", () => ({ number: "INV" }), []],
      ["when it was created", () => ({ created: early }), [1]],
      [
        "when it is due",
        () => ({ due: { from: "2026-01-02T00:00:00Z", before: "2026-01-02T00:00:01Z" } }),
        [1],
      ],
      ["what is due later", () => ({ due: { from: "2026-01-02T00:00:00.000001Z" } }), []],
      ["what is due at all", () => ({ due: {} }), [1]],
    ],
  ],
  [
    "meters",
    [
      ["a state", () => ({ status: ["ARCHIVED"] }), [2]],
      ["the name of events", () => ({ eventName: "requests" }), [1]],
      ["when it was created", () => ({ created: late }), [2]],
    ],
  ],
  [
    "usageEvents",
    [
      ["a customer", () => ({ customerId: ids.customerId }), [1]],
      ["a meter", () => ({ meterId: other.meterId }), [2]],
      ["a subscription", () => ({ subscriptionId: other.subscriptionId }), [2]],
      [
        "a customer and a meter that do not meet",
        () => ({ customerId: ids.customerId, meterId: other.meterId }),
        [],
      ],
      ["ids that are none", () => ({ customerId: "x", meterId: "y", subscriptionId: "z" }), []],
      ["the idempotency key", () => ({ idempotencyKey: "event-2" }), [2]],
      ["when it took place", () => ({ timestamp: early }), [1]],
    ],
  ],
])("%s are filtered by", (list, cases) => {
  test.each(cases)("%s", async (_what, filter, left) => {
    expect(await filtered(list, filter())).toEqual(left);
  });
});

describe("a filter is refused with INVALID_REQUEST for", () => {
  test.each([
    ["a date that is none", `invoices(filter: { created: { from: "2026-02-30T00:00:00Z" } })`],
    ["a currency that is none", `prices(filter: { currency: "XXX" })`],
    ["a NUL character", `products(filter: { search: "a\\u0000b" })`],
    ["a NUL character in an id", `prices(filter: { productId: "\\u0000" })`],
    ["half a surrogate pair", `invoices(filter: { number: "\\ud800" })`],
  ])("%s", async (_what, field) => {
    const { errors } = await api.graphql(`{ ${field} { totalCount } }`);
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["INVALID_REQUEST"]);
  });
});

test("filters narrow a nested list, never widen it", async () => {
  const { data } = await api.query(
    `query ($id: ID!, $other: ID!) { customer(id: $id) {
      own: invoices(filter: { status: [PAID], currency: "USD", due: { from: "2026-01-01T00:00:00Z" } }) { totalCount }
      others: invoices(filter: { customerId: $other }) { totalCount nodes { id } }
      items: subscriptions { nodes { items(filter: { priceId: $other }) { totalCount } } }
    } }`,
    { id: ids.customerId, other: other.customerId },
  );
  expect(data.customer).toEqual({
    own: { totalCount: 1 },
    others: { totalCount: 0, nodes: [] },
    items: { nodes: [{ items: { totalCount: 0 } }] },
  });
});
