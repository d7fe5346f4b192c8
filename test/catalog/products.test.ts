import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Merchant, newMerchant, product } from "./support.ts";

let api: TestApi;
let merchant: Merchant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
});
afterAll(() => api.close());

const gold = { productKey: "gold", name: "Gold", kind: "SUBSCRIPTION" };
const monthly = { type: "RECURRING", interval: "MONTH", unitAmount: "2900" };
const create = (input: object) => merchant.mutate("createProduct", input, `product { ${product} }`);
const change = (name: string, input: object) =>
  merchant.mutate(name, input, `changed product { ${product} }`);

describe("createProduct", () => {
  it("creates a product with its default price, and tells of both", async () => {
    const payload = await create({ ...gold, slug: "gold-plan", metadata: { tier: "1" }, price: monthly });
    expect(payload.userErrors).toEqual([]);
    expect(payload.product).toMatchObject({
      productKey: "gold",
      slug: "gold-plan",
      active: true,
      metadata: { tier: "1" },
      defaultPrice: { unitAmount: "2900", currency: "USD", recurring: { interval: "MONTH", count: 1 } },
    });
    expect((await merchant.events()).map(({ type }) => type)).toEqual(["product.created", "price.created"]);
  });

  it("counts the stock of what is sold once", async () => {
    const input = {
      productKey: "mug",
      name: "Mug",
      kind: "ONE_TIME",
      trackInventory: true,
      stockQuantity: 0,
    };
    expect((await create(input)).product).toMatchObject({ stockQuantity: 0 });
  });

  it.each([
    ["no name", { ...gold, name: "" }, "REQUIRED", ["name"]],
    [
      "stock of a subscription",
      { ...gold, trackInventory: true, stockQuantity: 1 },
      "INVALID",
      ["trackInventory"],
    ],
    [
      "stock that is not said",
      { ...gold, kind: "ONE_TIME", trackInventory: true },
      "REQUIRED",
      ["stockQuantity"],
    ],
    ["a day without its rule", { ...gold, billingAnchorDay: 3 }, "INVALID", ["billingAnchorDay"]],
    [
      "a rule without its day",
      { ...gold, billingAnchorRule: "DAY_OF_MONTH" },
      "REQUIRED",
      ["billingAnchorDay"],
    ],
    [
      "a 32nd of the month",
      { ...gold, billingAnchorRule: "DAY_OF_MONTH", billingAnchorDay: 32 },
      "INVALID",
      ["billingAnchorDay"],
    ],
    ["payments without a number", { ...gold, endBehavior: "FIXED_PAYMENTS" }, "REQUIRED", ["maxPayments"]],
    ["a slug with spaces", { ...gold, slug: "Gold Plan" }, "INVALID", ["slug"]],
    ["a picture that is a script", { ...gold, imageUrl: "javascript:alert(1)" }, "INVALID", ["imageUrl"]],
    [
      "a price of another type",
      { ...gold, price: { type: "ONE_TIME", unitAmount: "1" } },
      "INVALID",
      ["price", "type"],
    ],
    [
      "a price without its amount",
      { ...gold, price: { type: "RECURRING", interval: "DAY" } },
      "REQUIRED",
      ["price", "unitAmount"],
    ],
  ])("refuses %s, and makes nothing", async (_what, input, code, path) => {
    const { product: made, userErrors } = await create(input);
    expect(made).toBeNull();
    expect(userErrors).toContainEqual(expect.objectContaining({ code, path }));
    expect(await merchant.events()).toEqual([]);
  });

  it("refuses a key and a slug that another product has", async () => {
    await create({ ...gold, slug: "gold" });
    const { userErrors } = await create({ ...gold, slug: "gold" });
    expect(userErrors).toMatchObject([
      { code: "CONFLICT", path: ["productKey"] },
      { code: "CONFLICT", path: ["slug"] },
    ]);
  });

  it("gives one of two requests at once the key", async () => {
    const answers = await Promise.all([create(gold), create(gold), create(gold)]);
    expect(answers.filter(({ product: made }) => made)).toHaveLength(1);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([
      { code: "CONFLICT" },
      { code: "CONFLICT" },
    ]);
  });
});

describe("updateProduct", () => {
  const reference = { productKey: "gold" };
  beforeEach(async () => {
    await create({ ...gold, description: "Best", metadata: { a: "1" }, price: monthly });
  });

  it("changes what is sent, and tells what it was", async () => {
    const payload = await change("updateProduct", {
      product: reference,
      name: "Golden",
      description: null,
      metadata: { b: "2", a: null },
    });
    expect(payload).toMatchObject({
      changed: true,
      product: { name: "Golden", description: null, metadata: { b: "2" }, version: 3 },
    });
    expect((await merchant.events()).at(-1)).toMatchObject({
      type: "product.updated",
      previousAttributes: { name: "Gold", description: "Best", metadata: { a: "1" } },
    });
  });

  it("writes nothing when nothing is different", async () => {
    const before = await merchant.events();
    expect(await change("updateProduct", { product: reference, name: "Gold" })).toMatchObject({
      changed: false,
    });
    expect(await merchant.events()).toHaveLength(before.length);
  });

  it("refuses a change that was decided on an older version", async () => {
    const { userErrors } = await change("updateProduct", {
      product: reference,
      name: "X",
      expectedVersion: 1,
    });
    expect(userErrors).toMatchObject([{ __typename: "VersionMismatch", currentVersion: 2 }]);
  });

  it("refuses the price of another product as the default", async () => {
    const other = await create({ ...gold, productKey: "silver", price: monthly });
    const input = { product: reference, defaultPriceId: other.product.defaultPrice.id };
    expect((await change("updateProduct", input)).userErrors).toMatchObject([
      { code: "NOT_FOUND", path: ["defaultPriceId"] },
    ]);
  });

  it("does not find a product of another merchant", async () => {
    const { product: own } = await create({ ...gold, productKey: "own" });
    const stranger = await newMerchant(api);
    const input = { product: { id: own.id }, name: "Mine" };
    const { userErrors } = await stranger.mutate("updateProduct", input, "changed");
    expect(userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["product"] }]);
  });
});

describe("archiveProduct", () => {
  it("takes it out of sale and frees its slug, until it is restored", async () => {
    await create({ ...gold, slug: "plan" });
    const reference = { product: { productKey: "gold" } };
    const archived = await change("archiveProduct", reference);
    expect(archived).toMatchObject({ changed: true, product: { active: false } });
    expect(archived.product.archivedAt).not.toBeNull();
    expect(await change("archiveProduct", reference)).toMatchObject({ changed: false });

    await create({ ...gold, productKey: "other", slug: "plan" });
    expect((await change("restoreProduct", reference)).userErrors).toMatchObject([{ code: "CONFLICT" }]);
    await change("archiveProduct", { product: { productKey: "other" } });
    expect(await change("restoreProduct", reference)).toMatchObject({
      product: { active: true, archivedAt: null },
    });
  });
});
