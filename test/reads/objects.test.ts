import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert, insertOneOfEach } from "./fixtures.ts";

let api: TestApi;
let ids: Awaited<ReturnType<typeof insertOneOfEach>>;

beforeAll(async () => {
  api = await startApi();
  ids = await insertOneOfEach(api);
});
afterAll(() => api.close());

const one = async (model: Parameters<typeof insert>[1], row: object): Promise<string> => {
  const [id = ""] = await insert(api, model, [row]);
  return id;
};

describe("fields of", () => {
  test("a product", async () => {
    const id = await one("Product", {
      name: "Storage",
      productKey: "storage",
      kind: "USAGE",
      description: "Per GB",
      taxCode: "txcd_1",
      imageUrl: "https://example.org/a.png",
      active: false,
      archivedAt: at(5),
      metadata: { a: { b: [1, null] } },
    });
    const { data } = await api.query(
      `query ($id: ID!) { product(id: $id) {
        id productKey name description kind taxCode imageUrl active metadata createdAt archivedAt
      } }`,
      { id },
    );
    expect(data.product).toEqual({
      id,
      productKey: "storage",
      name: "Storage",
      description: "Per GB",
      kind: "USAGE",
      taxCode: "txcd_1",
      imageUrl: "https://example.org/a.png",
      active: false,
      metadata: { a: { b: [1, null] } },
      createdAt: "2026-01-01T00:00:00.000Z",
      archivedAt: "2026-01-01T00:00:05.000Z",
    });
  });

  test.each([
    ["1999", "JPY", "1999", { amount: 1999, currency: "JPY", formatted: "¥1,999" }],
    ["0", "USD", "0", { amount: 0, currency: "USD", formatted: "$0.00" }],
    ["0.000000000001", "USD", "0.000000000001", null],
    ["123456789012345678.25", "USD", "123456789012345678.25", null],
    ["9007199254740991", "USD", "9007199254740991", { amount: 9007199254740991, currency: "USD" }],
    ["9007199254740993", "USD", "9007199254740993", null],
  ])("a price of %s minor units in %s", async (unitAmount, currency, shown, unitPrice) => {
    const id = await one("Price", { productId: ids.productId, unitAmount, currency });
    const { data } = await api.query(
      "query ($id: ID!) { price(id: $id) { unitAmount currency unitPrice { amount currency formatted } } }",
      { id },
    );
    expect(data.price).toMatchObject({ unitAmount: shown, currency, unitPrice });
  });

  test("a price that recurs, and one that does not", async () => {
    const rows = { productId: ids.productId, trialPeriodDays: 14, nickname: "nick" };
    const quarterly = await one("Price", { ...rows, interval: "MONTH", intervalCount: 3 });
    const once = await one("Price", { ...rows, type: "ONE_TIME", interval: null, intervalCount: null });
    const { data } = await api.query(
      `query ($a: ID!, $b: ID!) { a: price(id: $a) { ...F } b: price(id: $b) { ...F } }
       fragment F on Price {
         type pricingModel recurring { interval count } trialPeriodDays nickname lookupKey active metadata
       }`,
      { a: quarterly, b: once },
    );
    const same = {
      pricingModel: "FIXED",
      trialPeriodDays: 14,
      nickname: "nick",
      lookupKey: null,
      active: true,
    };
    expect(data.a).toEqual({
      ...same,
      type: "RECURRING",
      recurring: { interval: "MONTH", count: 3 },
      metadata: {},
    });
    expect(data.b).toEqual({ ...same, type: "ONE_TIME", recurring: null, metadata: {} });
  });

  test("a subscription and its items", async () => {
    const subscriptionId = await one("BillingSubscription", {
      customerId: ids.customerId,
      status: "TRIALING",
      currency: "EUR",
      collectionMethod: "SEND_INVOICE",
      interval: "YEAR",
      billingAnchorDay: 31,
      trialEnd: at(60),
      cancelAtPeriodEnd: true,
    });
    await one("SubscriptionItem", {
      subscriptionId,
      priceId: ids.priceId,
      position: 2,
      description: "Seats",
      quantity: "2.5",
    });
    const { data } = await api.query(
      `query ($id: ID!) { subscription(id: $id) {
        status currency collectionMethod recurring { interval count } billingAnchorDay startedAt
        currentPeriod { start end } trialEnd cancelAtPeriodEnd canceledAt endedAt metadata
        items { nodes { position description quantity metadata } }
      } }`,
      { id: subscriptionId },
    );
    expect(data.subscription).toEqual({
      status: "TRIALING",
      currency: "EUR",
      collectionMethod: "SEND_INVOICE",
      recurring: { interval: "YEAR", count: 1 },
      billingAnchorDay: 31,
      startedAt: "2026-01-01T00:00:00.000Z",
      currentPeriod: { start: "2026-01-01T00:00:00.000Z", end: "2026-02-01T00:00:00.000Z" },
      trialEnd: "2026-01-01T00:01:00.000Z",
      cancelAtPeriodEnd: true,
      canceledAt: null,
      endedAt: null,
      metadata: {},
      items: { nodes: [{ position: 2, description: "Seats", quantity: "2.5", metadata: {} }] },
    });
  });

  test("an invoice and its lines", async () => {
    const invoiceId = await one("Invoice", {
      customerId: ids.customerId,
      number: "INV-77",
      status: "PARTIALLY_PAID",
      currency: "KWD",
      subtotal: 9_000_000_000_000_000n,
      discount: 1000n,
      tax: 500n,
      total: 8_999_999_999_999_500n,
      amountPaid: 1n,
      amountDue: 8_999_999_999_999_499n,
      periodStart: at(0),
      periodEnd: at(60),
    });
    await one("InvoiceLine", { invoiceId, amount: -250n, quantity: "0.000000000001", unitAmount: "12.5" });
    const { data } = await api.query(
      `query ($id: ID!) { invoice(id: $id) {
        number status currency period { start end } dueAt paidAt issuedAt notes
        subtotal { amount currency } discount { amount } tax { formatted } total { amount } amountPaid { amount }
        amountDue { amount }
        lines { nodes { description quantity unitAmount amount { amount currency formatted } period { start } } }
      } }`,
      { id: invoiceId },
    );
    expect(data.invoice).toEqual({
      number: "INV-77",
      status: "PARTIALLY_PAID",
      currency: "KWD",
      period: { start: "2026-01-01T00:00:00.000Z", end: "2026-01-01T00:01:00.000Z" },
      dueAt: null,
      paidAt: null,
      issuedAt: null,
      notes: null,
      subtotal: { amount: 9_000_000_000_000_000, currency: "KWD" },
      discount: { amount: 1000 },
      tax: { formatted: "KWD\u00a00.500" },
      total: { amount: 8_999_999_999_999_500 },
      amountPaid: { amount: 1 },
      amountDue: { amount: 8_999_999_999_999_499 },
      lines: {
        nodes: [
          {
            description: "Line",
            quantity: "0.000000000001",
            unitAmount: "12.5",
            amount: { amount: -250, currency: "KWD", formatted: "-KWD\u00a00.250" },
            period: null,
          },
        ],
      },
    });
  });

  test("a meter and its events", async () => {
    const meterId = await one("Meter", {
      name: "Users",
      eventName: "login",
      aggregation: "COUNT_UNIQUE",
      uniqueKey: "user",
      unitName: "user",
      status: "ARCHIVED",
    });
    await one("UsageEvent", {
      customerId: ids.customerId,
      meterId,
      quantity: "99999999999999999999999999.000000000001",
      timestamp: at(1.25),
      idempotencyKey: "k",
      properties: { user: "ada" },
    });
    const { data } = await api.query(
      `query ($id: ID!) { meter(id: $id) {
        name description eventName aggregation uniqueKey unitName status metadata
        usageEvents { nodes { quantity timestamp idempotencyKey properties subscription { id } } }
      } }`,
      { id: meterId },
    );
    expect(data.meter).toEqual({
      name: "Users",
      description: null,
      eventName: "login",
      aggregation: "COUNT_UNIQUE",
      uniqueKey: "user",
      unitName: "user",
      status: "ARCHIVED",
      metadata: {},
      usageEvents: {
        nodes: [
          {
            quantity: "99999999999999999999999999.000000000001",
            timestamp: "2026-01-01T00:00:01.250Z",
            idempotencyKey: "k",
            properties: { user: "ada" },
            subscription: null,
          },
        ],
      },
    });
  });
});

test("a line has the currency of its invoice whichever way it is reached", async () => {
  const invoiceId = await one("Invoice", { customerId: ids.customerId, currency: "JPY" });
  const lineId = await one("InvoiceLine", {
    invoiceId,
    productId: ids.productId,
    amount: 7n,
    createdAt: at(99),
  });
  const { data } = await api.query(
    `query ($product: ID!, $line: ID!) {
      product(id: $product) { invoiceLines(first: 1) { nodes { id amount { formatted } } } }
      node(id: $line) { ... on InvoiceLine { amount { formatted } } }
    }`,
    { product: ids.productId, line: lineId },
  );
  expect(data.product.invoiceLines.nodes).toEqual([{ id: lineId, amount: { formatted: "¥7" } }]);
  expect(data.node.amount.formatted).toBe("¥7");
});

describe("from one object to the next", () => {
  const list = (name: string) => `${name} { totalCount nodes { id } }`;
  test.each([
    [
      "Customer",
      "customerId",
      {
        subscriptions: "subscriptionId",
        invoices: "invoiceId",
        usageEvents: "eventId",
        creditNotes: "noteId",
        balanceTransactions: "movementId",
      },
      { testClock: "clockId" },
    ],
    ["TestClock", "clockId", { customers: "customerId" }, {}],
    ["Product", "productId", { prices: "priceId", invoiceLines: "lineId" }, {}],
    [
      "Price",
      "priceId",
      { subscriptionItems: "itemId", invoiceLines: "lineId" },
      { product: "productId", meter: "meterId" },
    ],
    ["Meter", "meterId", { prices: "priceId", usageEvents: "eventId" }, {}],
    [
      "BillingSubscription",
      "subscriptionId",
      { items: "itemId", invoices: "invoiceId", usageEvents: "eventId" },
      { customer: "customerId" },
    ],
    [
      "SubscriptionItem",
      "itemId",
      { invoiceLines: "lineId" },
      { subscription: "subscriptionId", price: "priceId" },
    ],
    [
      "Invoice",
      "invoiceId",
      { lines: "lineId", creditNotes: "noteId", balanceTransactions: "movementId" },
      { customer: "customerId", subscription: "subscriptionId" },
    ],
    [
      "CreditNote",
      "noteId",
      { lines: "noteLineId", balanceTransactions: "movementId" },
      { invoice: "invoiceId", customer: "customerId" },
    ],
    ["CreditNoteLine", "noteLineId", {}, { creditNote: "noteId", invoiceLine: "lineId" }],
    [
      "CustomerBalanceTransaction",
      "movementId",
      {},
      { customer: "customerId", invoice: "invoiceId", creditNote: "noteId" },
    ],
    [
      "InvoiceLine",
      "lineId",
      { creditNoteLines: "noteLineId" },
      { invoice: "invoiceId", product: "productId", price: "priceId", subscriptionItem: "itemId" },
    ],
    [
      "UsageEvent",
      "eventId",
      {},
      { customer: "customerId", meter: "meterId", subscription: "subscriptionId" },
    ],
  ] as const)("%s", async (type, from, lists, relations) => {
    const own = await api.newEnvironment();
    const all = await insertOneOfEach(api, own.environmentId);
    const document = `query ($id: ID!) { node(id: $id) { id __typename ... on ${type} {
      ${Object.keys(lists).map(list).join(" ")}
      ${Object.keys(relations)
        .map((name) => `${name} { id }`)
        .join(" ")}
    } } }`;
    const { data } = await api.query(document, { id: all[from] }, own.key);
    const lists_ = Object.entries(lists).map(([name, id]) => [
      name,
      { totalCount: 1, nodes: [{ id: all[id as keyof typeof all] }] },
    ]);
    const relations_ = Object.entries(relations).map(([name, id]) => [
      name,
      { id: all[id as keyof typeof all] },
    ]);
    expect(data.node).toEqual({
      id: all[from],
      __typename: type,
      ...Object.fromEntries(lists_),
      ...Object.fromEntries(relations_),
    });
  });
});
