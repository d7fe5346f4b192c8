import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Merchant, newMerchant, price, product } from "./support.ts";

let api: TestApi;
let merchant: Merchant;
const reference = { product: { productKey: "calls" } };
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
  await merchant.mutate(
    "createProduct",
    { productKey: "calls", name: "Calls", kind: "SUBSCRIPTION" },
    "product { id }",
  );
});
afterAll(() => api.close());

const monthly = { type: "RECURRING", interval: "MONTH" };
const create = (input: object) =>
  merchant.mutate("createPrice", { ...reference, ...monthly, ...input }, `price { ${price} }`);
const tiers = [
  { upTo: "10", unitAmount: "5" },
  { unitAmount: "2", flatAmount: "100" },
];

describe("createPrice", () => {
  it.each([
    ["by the unit", { unitAmount: "0.25" }, { unitAmount: "0.25", billingScheme: "PER_UNIT" }],
    [
      "by tiers",
      { billingScheme: "TIERED", tiersMode: "GRADUATED", tiers },
      {
        tiersMode: "GRADUATED",
        tiers: [
          { upTo: "10", flatAmount: null },
          { upTo: null, flatAmount: "100" },
        ],
      },
    ],
    [
      "by the package",
      { billingScheme: "PACKAGE", unitAmount: "500", packageSize: "100" },
      { packageSize: "100", packageRounding: "UP" },
    ],
    [
      "by percentage",
      { billingScheme: "PERCENTAGE", percentageBps: 290 },
      { percentageBps: 290, unitAmount: "0" },
    ],
    ["for nothing", { pricingModel: "FREE" }, { pricingModel: "FREE" }],
    [
      "for what the customer likes",
      { pricingModel: "PAY_WHAT_YOU_WANT", minimumAmount: 100, presetAmounts: [200, 500] },
      { minimumAmount: { amount: 100 }, presetAmounts: [{ amount: 200 }, { amount: 500 }] },
    ],
  ])("makes a price %s", async (_what, input, expected) => {
    const payload = await create(input);
    expect(payload.userErrors).toEqual([]);
    expect(payload.price).toMatchObject(expected);
  });

  it.each([
    ["no interval", { interval: null, unitAmount: "1" }, ["interval"]],
    ["no amount", {}, ["unitAmount"]],
    ["a negative amount", { unitAmount: "-1" }, ["unitAmount"]],
    ["tiers without their mode", { billingScheme: "TIERED", tiers }, ["tiersMode"]],
    ["tiers of a price by the unit", { unitAmount: "1", tiers }, ["tiers"]],
    [
      "tiers that overlap",
      { billingScheme: "TIERED", tiersMode: "VOLUME", tiers: [tiers[0], ...tiers] },
      ["tiers", "1", "upTo"],
    ],
    [
      "tiers that end",
      { billingScheme: "TIERED", tiersMode: "VOLUME", tiers: [tiers[0], { upTo: "20", unitAmount: "1" }] },
      ["tiers", "1", "upTo"],
    ],
    ["a single tier", { billingScheme: "TIERED", tiersMode: "VOLUME", tiers: [tiers[1]] }, ["tiers"]],
    ["packages of nothing", { billingScheme: "PACKAGE", unitAmount: "1", packageSize: "0" }, ["packageSize"]],
    ["more than all", { billingScheme: "PERCENTAGE", percentageBps: 10_001 }, ["percentageBps"]],
    ["a period of 13 months", { unitAmount: "1", intervalCount: 13 }, ["intervalCount"]],
    [
      "bounds that cross",
      { pricingModel: "PAY_WHAT_YOU_WANT", minimumAmount: 2, maximumAmount: 1 },
      ["maximumAmount"],
    ],
    ["a free price with an amount", { pricingModel: "FREE", unitAmount: "1" }, ["unitAmount"]],
    ["an unknown meter", { unitAmount: "1", meterId: "nonsense" }, ["meterId"]],
    ["a type that the product has not", { type: "ONE_TIME", interval: null, unitAmount: "1" }, ["type"]],
  ])("refuses %s", async (_what, input, path) => {
    const payload = await create(input);
    expect(payload.price).toBeNull();
    expect(payload.userErrors).toContainEqual(expect.objectContaining({ path }));
    expect((await merchant.read("{ prices { totalCount } }")).prices.totalCount).toBe(0);
  });

  it("gives one of many requests at once a lookup key", async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => create({ unitAmount: "1", lookupKey: "calls-eur" })),
    );
    expect(answers.filter((answer) => answer.price)).toHaveLength(1);
  });

  it("refuses an archived product", async () => {
    await merchant.mutate("archiveProduct", reference, "changed");
    expect((await create({ unitAmount: "1" })).userErrors).toMatchObject([
      { code: "ILLEGAL_STATE", path: ["product"] },
    ]);
  });
});

describe("a stored price", () => {
  let id: string;
  beforeEach(async () => {
    id = (await create({ unitAmount: "1000", lookupKey: "calls", metadata: { a: "1" } })).price.id;
  });
  const change = (name: string, input: object) =>
    merchant.mutate(name, { priceId: id, ...input }, `changed price { ${price} }`);

  it("changes its labels", async () => {
    const payload = await change("updatePrice", { nickname: "Old", lookupKey: null, metadata: null });
    expect(payload.price).toMatchObject({ nickname: "Old", lookupKey: null, metadata: {}, version: 2 });
    expect((await merchant.events()).at(-1)).toMatchObject({
      type: "price.updated",
      previousAttributes: { nickname: null, lookupKey: "calls", metadata: { a: "1" } },
    });
  });

  it("frees its lookup key when it is archived, and cannot come back while another has it", async () => {
    expect(await change("archivePrice", {})).toMatchObject({ changed: true, price: { active: false } });
    expect(await change("archivePrice", {})).toMatchObject({ changed: false });
    await create({ unitAmount: "1", lookupKey: "calls" });
    expect((await change("updatePrice", { active: true })).userErrors).toMatchObject([
      { code: "CONFLICT", path: ["lookupKey"] },
    ]);
  });

  it("is replaced by one that has its labels, its lookup key and its place as the default", async () => {
    await merchant.mutate("updateProduct", { ...reference, defaultPriceId: id }, "changed");
    const payload = await merchant.mutate(
      "replacePrice",
      { priceId: id, ...monthly, unitAmount: "1200" },
      `price { ${price} } replaced { id active lookupKey }`,
    );
    expect(payload.price).toMatchObject({
      unitAmount: "1200",
      lookupKey: "calls",
      metadata: { a: "1" },
      active: true,
    });
    expect(payload.replaced).toEqual({ id, active: false, lookupKey: "calls" });
    const { products } = await merchant.read(`{ products { nodes { ${product} } } }`);
    expect(products.nodes[0].defaultPrice.id).toBe(payload.price.id);
    const again = await merchant.mutate(
      "replacePrice",
      { priceId: id, ...monthly, unitAmount: "1" },
      "price { id }",
    );
    expect(again.userErrors).toMatchObject([{ code: "ILLEGAL_STATE", path: ["priceId"] }]);
  });
});

describe("previewPrice", () => {
  const preview = (input: object) =>
    merchant.preview(
      "previewPrice",
      input,
      "amount { amount currency } raised { amount } steps { from to quantity unitAmount flatAmount amount { amount } }",
    );

  it("explains the tiers of a stored price", async () => {
    const { price: made } = await create({ billingScheme: "TIERED", tiersMode: "GRADUATED", tiers });
    // 10 × 5, then 100 for the tier and 2 × 2.
    const payload = await preview({ price: { id: made.id }, quantity: "12" });
    expect(payload).toMatchObject({
      amount: { amount: 154, currency: "USD" },
      steps: [
        { quantity: "10", unitAmount: "5", amount: { amount: 50 } },
        { quantity: "2", unitAmount: "2", flatAmount: "100", amount: { amount: 104 } },
      ],
    });
  });

  it("prices what is not stored, in fractions of a cent, and raises it to the least", async () => {
    const definition = { ...monthly, unitAmount: "0.125", currency: "EUR", spendingMinimum: 10 };
    // 0.125 × 4 = 0.5, rounded away from zero to 1.
    expect(await preview({ price: { definition }, quantity: "4" })).toMatchObject({
      amount: { amount: 10, currency: "EUR" },
      raised: { amount: 9 },
      steps: [{ amount: { amount: 1 } }],
    });
    expect((await merchant.read("{ prices { totalCount } }")).prices.totalCount).toBe(0);
  });

  it.each([
    ["a negative quantity", { quantity: "-1" }, ["quantity"]],
    ["a chosen amount of a set price", { chosenAmount: 5 }, ["chosenAmount"]],
  ])("refuses %s", async (_what, input, path) => {
    const payload = await preview({ price: { definition: { ...monthly, unitAmount: "1" } }, ...input });
    expect(payload).toMatchObject({ amount: null, userErrors: [{ path }] });
  });

  it("asks for the amount that the customer chooses, within its bounds", async () => {
    const definition = {
      ...monthly,
      pricingModel: "PAY_WHAT_YOU_WANT",
      minimumAmount: 100,
      maximumAmount: 900,
    };
    expect(await preview({ price: { definition } })).toMatchObject({
      userErrors: [{ path: ["chosenAmount"] }],
    });
    expect(await preview({ price: { definition }, chosenAmount: 901 })).toMatchObject({ amount: null });
    expect(await preview({ price: { definition }, chosenAmount: 250 })).toMatchObject({
      amount: { amount: 250 },
    });
  });
});
