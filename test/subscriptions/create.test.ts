import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
});

const create = (input: object) =>
  shop.mutate("createSubscription", { customer: { id: shop.customerId }, ...input });

const faultsOf = async (input: object) => {
  const { subscription, userErrors } = await create(input);
  expect(subscription).toBeNull();
  const { count } = await shop
    .read("{ subscriptions { totalCount } }")
    .then((data) => ({ count: data.subscriptions.totalCount }));
  expect(count).toBe(0);
  return userErrors.map(({ code, path }: any) => `${code} ${path.join(".")}`);
};

describe("a new subscription", () => {
  test("bills its first period at once", async () => {
    const seat = await shop.newPrice({ lookupKey: "seat" }, { name: "Seats" });
    const support = await shop.newPrice(
      { unitAmount: "2500" as never },
      { name: "Support", productKey: "support" },
    );
    await api.database.prisma.product.updateMany({
      where: { productKey: "support" },
      data: { defaultPriceId: support },
    });
    const { subscription, invoice, userErrors } = await create({
      items: [
        { price: { lookupKey: "seat" }, quantity: "3", metadata: { team: "north" } },
        { product: { productKey: "support" }, description: "Care" },
      ],
      metadata: { source: "test" },
    });
    expect(userErrors).toEqual([]);
    expect(subscription).toMatchObject({
      version: 1,
      status: "ACTIVE",
      currency: "USD",
      collectionMethod: "CHARGE_AUTOMATICALLY",
      recurring: { interval: "MONTH", count: 1 },
      billingAnchorDay: 1,
      startedAt: "2026-06-01T00:00:00.000Z",
      currentPeriod: { start: "2026-06-01T00:00:00.000Z", end: "2026-07-01T00:00:00.000Z" },
      cyclesBilled: 1,
      billingEndStrategy: "INDEFINITE",
      trialEnd: null,
      metadata: { source: "test" },
    });
    expect(subscription.items.nodes).toMatchObject([
      { position: 1, quantity: "3", description: null, price: { id: seat }, metadata: { team: "north" } },
      { position: 2, quantity: "1", description: "Care", price: { id: support } },
    ]);
    // 3 × 1000 + 2500
    expect(invoice).toMatchObject({
      subtotal: { amount: 5500 },
      total: { amount: 5500 },
      period: subscription.currentPeriod,
      lines: {
        nodes: [
          { description: "Seats", amount: { amount: 3000 } },
          { description: "Care", amount: { amount: 2500 } },
        ],
      },
    });
    expect(await shop.events()).toEqual(["subscription.created", "subscription.activated"]);
  });

  test("counts its periods in the customer's calendar, and comes back to the 31st", async () => {
    shop = await openShop(api, "2026-01-31T10:00:00.000Z", { timezone: "America/New_York" });
    const subscription = await shop.subscribe({ items: [{ price: { id: await shop.newPrice() } }] });
    expect(subscription).toMatchObject({
      timezone: "America/New_York",
      billingAnchorDay: 31,
      currentPeriod: { start: "2026-01-31T10:00:00.000Z", end: "2026-02-28T10:00:00.000Z" },
    });
  });

  test("waits as PENDING for a start that is yet to come", async () => {
    const { subscription, invoice } = await create({
      items: [{ price: { id: await shop.newPrice() } }],
      startDate: "2026-06-15T00:00:00Z",
    });
    expect(subscription).toMatchObject({
      status: "PENDING",
      cyclesBilled: 0,
      currentPeriod: { start: "2026-06-15T00:00:00.000Z", end: "2026-07-15T00:00:00.000Z" },
    });
    expect(invoice).toBeNull();
    expect(await shop.events()).toEqual(["subscription.created"]);
  });

  test("bills from a start in the past, and leaves the periods since then to the engine", async () => {
    const { subscription, invoice } = await create({
      items: [{ price: { id: await shop.newPrice() } }],
      startDate: "2026-03-15T00:00:00Z",
    });
    expect(subscription).toMatchObject({
      status: "ACTIVE",
      currentPeriod: { start: "2026-03-15T00:00:00.000Z", end: "2026-04-15T00:00:00.000Z" },
    });
    expect(invoice.total.amount).toBe(1000);
    const row = await api.database.prisma.billingSubscription.findFirst({ where: { id: subscription.id } });
    expect(row?.nextStepAt?.toISOString()).toBe("2026-04-15T00:00:00.000Z");
  });

  test.each([
    ["trialDays", { trialDays: 14 }, "2026-06-15T00:00:00.000Z"],
    ["trialEnd", { trialEnd: "2026-06-10T00:00:00Z" }, "2026-06-10T00:00:00.000Z"],
    ["its price", {}, "2026-06-08T00:00:00.000Z"],
  ])("runs a trial that %s says, without an invoice", async (_, said, trialEnd) => {
    const price = await shop.newPrice({ trialPeriodDays: 7 });
    const { subscription, invoice } = await create({ items: [{ price: { id: price } }], ...said });
    expect(subscription).toMatchObject({
      status: "TRIALING",
      trialStart: "2026-06-01T00:00:00.000Z",
      trialEnd,
      currentPeriod: { start: "2026-06-01T00:00:00.000Z", end: trialEnd },
      cyclesBilled: 0,
    });
    expect(invoice).toBeNull();
    const skipped = await create({ items: [{ price: { id: price } }], trialDays: 0 });
    expect(skipped.subscription).toMatchObject({ status: "ACTIVE", trialEnd: null });
  });

  // From 1 June to the 11th are 10 of the 31 days of the cycle from 11 May: 1000 × 10 / 31 = 322.58.
  test.each([
    ["IMMEDIATE", [1000]],
    ["PRORATE", [323]],
    ["NEXT_ANCHOR", null],
  ] as const)(
    "begins with a part of a period up to the anchor day, charged as %s says",
    async (startRule, amounts) => {
      const { subscription, invoice } = await create({
        items: [{ price: { id: await shop.newPrice({ startRule }) } }],
        billingAnchorDay: 11,
      });
      expect(subscription.currentPeriod).toEqual({
        start: "2026-06-01T00:00:00.000Z",
        end: "2026-06-11T00:00:00.000Z",
      });
      expect(invoice?.lines.nodes.map(({ amount }: any) => amount.amount) ?? null).toEqual(amounts);
    },
  );

  test("takes over what its product says of anchors and terms", async () => {
    const product = { billingAnchorRule: "LAST_DAY", endBehavior: "FIXED_PAYMENTS", maxPayments: 3 } as const;
    const subscription = await shop.subscribe({
      items: [{ price: { id: await shop.newPrice({}, product) } }],
    });
    expect(subscription).toMatchObject({
      billingAnchorDay: 31,
      currentPeriod: { end: "2026-06-30T00:00:00.000Z" },
      billingEndStrategy: "AFTER_CYCLES",
      billingMaxCycles: 3,
    });
  });

  test("is cut where its term ends", async () => {
    const subscription = await shop.subscribe({
      items: [{ price: { id: await shop.newPrice() } }],
      billingEndsOn: "2026-06-20T00:00:00Z",
    });
    expect(subscription).toMatchObject({
      billingEndStrategy: "ON_DATE",
      currentPeriod: { end: "2026-06-20T00:00:00.000Z" },
    });
  });

  test("is taxed, and pays what the customer chose", async () => {
    const rate = await shop.insert("TaxRate", { name: "VAT", percentage: "20" as never });
    const price = await shop.newPrice({ pricingModel: "PAY_WHAT_YOU_WANT" });
    const { invoice } = await create({
      items: [{ price: { id: price }, unitAmount: "700", quantity: "2" }],
      taxRateIds: [rate],
      collectionMethod: "SEND_INVOICE",
    });
    // 2 × 700, and a fifth of it.
    expect(invoice).toMatchObject({
      status: "SENT",
      subtotal: { amount: 1400 },
      tax: { amount: 280 },
      total: { amount: 1680 },
    });
  });
});

describe("a discount code", () => {
  const discount = (values: object) =>
    shop.insert("Discount", { code: "SAVE", type: "PERCENTAGE", value: "10" as never, ...values });

  test("takes its part off the first invoice", async () => {
    await discount({});
    const { invoice } = await create({
      items: [{ price: { id: await shop.newPrice() } }],
      discountCode: "save",
    });
    expect(invoice).toMatchObject({
      subtotal: { amount: 1000 },
      discount: { amount: 100 },
      total: { amount: 900 },
    });
    const redemption = await api.database.prisma.discountRedemption.findFirst({
      where: { customerId: shop.customerId },
    });
    // Once is once: it has been.
    expect(redemption).toMatchObject({ cyclesApplied: 1, endedAt: new Date("2026-06-01T00:00:00Z") });
  });

  test.each([
    ["unknown", { code: "OTHER" }, "NOT_FOUND"],
    ["not active", { active: false }, "ILLEGAL_STATE"],
    ["not valid yet", { validFrom: new Date("2026-06-02T00:00:00Z") }, "ILLEGAL_STATE"],
    ["not valid any more", { validUntil: new Date("2026-06-01T00:00:00Z") }, "ILLEGAL_STATE"],
    ["in another currency", { type: "FIXED_AMOUNT", currency: "EUR" }, "INVALID"],
    ["for other products", { scope: "SPECIFIC_PRODUCTS" }, "INVALID"],
    ["for what is billed once", { scope: "ONE_TIME_ONLY" }, "INVALID"],
    ["used up", { maxRedemptions: 2, redemptions: 2 }, "LIMIT_EXCEEDED"],
  ])("is refused when it is %s", async (_, values, code) => {
    await discount(values);
    const price = { id: await shop.newPrice() };
    expect(await faultsOf({ items: [{ price }], discountCode: "SAVE" })).toEqual([`${code} discountCode`]);
  });

  test("is for new customers only where it says so", async () => {
    await discount({ firstTimeOnly: true });
    const items = [{ price: { id: await shop.newPrice() } }];
    expect((await create({ items, discountCode: "SAVE" })).userErrors).toEqual([]);
    expect((await create({ items, discountCode: "SAVE" })).userErrors).toMatchObject([{ code: "CONFLICT" }]);
  });

  test("is redeemed as often as it may be, whatever is sent at once", async () => {
    await discount({ maxRedemptions: 5, maxRedemptionsPerCustomer: 2 });
    const items = [{ price: { id: await shop.newPrice() } }];
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => create({ items, discountCode: "SAVE" })),
    );
    const refused = answers.flatMap(({ userErrors }) => userErrors);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({
      __typename: "LimitExceeded",
      limit: 2,
      used: 2,
      path: ["discountCode"],
    });
    const stored = await api.database.prisma.discount.findFirst({
      where: { environmentId: shop.environmentId },
    });
    expect(stored?.redemptions).toBe(2);
  });
});

describe("bad input", () => {
  test("about items", async () => {
    const usd = { id: await shop.newPrice() };
    const eur = { id: await shop.newPrice({ currency: "EUR" }) };
    const yearly = { id: await shop.newPrice({ interval: "YEAR" }) };
    const archived = { id: await shop.newPrice({ active: false }) };
    const once = { id: await shop.newPrice({ type: "ONE_TIME", interval: null, intervalCount: null }) };
    const gone = { id: await shop.newPrice({}, { active: false, archivedAt: new Date() }) };
    await shop.insert("Product", { productKey: "bare" });
    expect(await faultsOf({ items: [] })).toEqual(["REQUIRED items"]);
    expect(
      await faultsOf({
        items: [
          { price: usd, quantity: "0" },
          { price: usd, quantity: "-1" },
        ],
      }),
    ).toEqual(["INVALID items.0.quantity", "INVALID items.1.quantity"]);
    expect(await faultsOf({ items: [{ price: usd }, { price: eur }] })).toEqual(["INVALID items.1"]);
    expect(await faultsOf({ items: [{ price: usd }, { price: yearly }] })).toEqual(["INVALID items.1"]);
    expect(await faultsOf({ items: [{ price: archived }] })).toEqual(["ILLEGAL_STATE items.0.price"]);
    expect(await faultsOf({ items: [{ price: gone }] })).toEqual(["ILLEGAL_STATE items.0.price"]);
    expect(await faultsOf({ items: [{ price: once }] })).toEqual(["INVALID items.0.price"]);
    expect(await faultsOf({ items: [{ price: { id: "nothing" } }] })).toEqual(["NOT_FOUND items.0.price"]);
    expect(await faultsOf({ items: [{ product: { productKey: "none" } }] })).toEqual([
      "NOT_FOUND items.0.product",
    ]);
    expect(await faultsOf({ items: [{ product: { productKey: "bare" } }] })).toEqual([
      "INVALID items.0.product",
    ]);
    expect(await faultsOf({ items: [{}] })).toEqual(["INVALID items.0"]);
    expect(await faultsOf({ items: [{ price: usd, unitAmount: "5" }] })).toEqual([
      "INVALID items.0.unitAmount",
    ]);
    const dear = { id: await shop.newPrice({ unitAmount: "900000000000" as never }) };
    expect(await faultsOf({ items: [{ price: dear, quantity: "1000000" }] })).toEqual([
      "INVALID items.0.quantity",
    ]);
  });

  test("about times, terms and tax rates", async () => {
    const items = [{ price: { id: await shop.newPrice() } }];
    expect(await faultsOf({ items, startDate: "2020-01-01T00:00:00Z" })).toEqual(["INVALID startDate"]);
    expect(await faultsOf({ items, startDate: "yesterday" })).toEqual(["INVALID startDate"]);
    expect(await faultsOf({ items, trialEnd: "2026-05-31T00:00:00Z" })).toEqual(["INVALID trialEnd"]);
    expect(await faultsOf({ items, trialEnd: "2026-07-01T00:00:00Z", trialDays: 3 })).toEqual([
      "INVALID trialEnd",
    ]);
    expect(await faultsOf({ items, trialDays: -1 })).toEqual(["INVALID trialDays"]);
    expect(await faultsOf({ items, billingAnchorDay: 32 })).toEqual(["INVALID billingAnchorDay"]);
    expect(await faultsOf({ items, billingEndsOn: "2026-05-01T00:00:00Z" })).toEqual([
      "INVALID billingEndsOn",
    ]);
    expect(await faultsOf({ items, billingEndStrategy: "AFTER_CYCLES" })).toEqual([
      "INVALID billingMaxCycles",
    ]);
    expect(await faultsOf({ items, billingEndStrategy: "INDEFINITE", billingMaxCycles: 3 })).toEqual([
      "INVALID billingMaxCycles",
    ]);
    const old = await shop.insert("TaxRate", { name: "Old", percentage: "1" as never, active: false });
    expect(await faultsOf({ items, taxRateIds: [old, "none"] })).toEqual([
      "ILLEGAL_STATE taxRateIds.0",
      "NOT_FOUND taxRateIds.1",
    ]);
  });

  test("about the customer", async () => {
    const items = [{ price: { id: await shop.newPrice() } }];
    const archived = await shop.insert("Customer", { status: "ARCHIVED", archivedAt: new Date() });
    expect(await faultsOf({ items, customer: { id: archived } })).toEqual(["ILLEGAL_STATE customer"]);
    const stranger = await openShop(api);
    expect(await faultsOf({ items, customer: { id: stranger.customerId } })).toEqual(["NOT_FOUND customer"]);
    const foreign = { id: await stranger.newPrice() };
    expect(await faultsOf({ items: [{ price: foreign }] })).toEqual(["NOT_FOUND items.0.price"]);
  });
});
