import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Merchant, newMerchant } from "../catalog/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
let merchant: Merchant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  merchant = await newMerchant(api);
});
afterAll(() => api.close());

const half = { code: "half", type: "PERCENTAGE", value: "50" };
const discount = `discount { id code type value currency scope duration durationCycles maxRedemptions timesRedeemed redemptionsLeft
  maxRedemptionsPerCustomer validUntil active version metadata }`;
const create = (input: object) => merchant.mutate("createDiscount", input, discount);

describe("createDiscount", () => {
  it("keeps the code in upper case, and tells of it", async () => {
    const payload = await create({ ...half, duration: "REPEATING", durationCycles: 3, maxRedemptions: 10 });
    expect(payload).toMatchObject({
      userErrors: [],
      discount: {
        code: "HALF",
        value: "50",
        scope: "ENTIRE_ORDER",
        timesRedeemed: 0,
        active: true,
        version: 1,
      },
    });
    expect(await merchant.events()).toMatchObject([
      { type: "discount.created", objectId: payload.discount.id },
    ]);
  });

  it("takes products by any of their names", async () => {
    await merchant.mutate(
      "createProduct",
      { productKey: "mug", name: "Mug", kind: "ONE_TIME" },
      "product { id }",
    );
    const products = [{ productKey: "mug" }, { productKey: "none" }];
    const input = { ...half, scope: "SPECIFIC_PRODUCTS" };
    expect((await create({ ...input, products })).userErrors).toMatchObject([
      { code: "NOT_FOUND", path: ["products", "1"] },
    ]);
    expect((await create({ ...input, products: products.slice(0, 1) })).userErrors).toEqual([]);
  });

  it.each([
    ["nothing", { value: "0" }, "value"],
    ["more than all", { value: "100.5" }, "value"],
    [
      "an amount that no invoice can have",
      { type: "FIXED_AMOUNT", currency: "USD", value: "100000000000000000000" },
      "value",
    ],
    ["a percentage of a currency", { currency: "EUR" }, "currency"],
    ["an amount without a currency", { type: "FIXED_AMOUNT" }, "currency"],
    ["a fraction of a cent", { type: "FIXED_AMOUNT", currency: "EUR", value: "1.5" }, "value"],
    ["some products, but which", { scope: "SPECIFIC_PRODUCTS" }, "products"],
    ["products of the whole order", { products: [{ productKey: "mug" }] }, "products"],
    ["repeating, but how often", { duration: "REPEATING" }, "durationCycles"],
    ["periods of a single one", { durationCycles: 2 }, "durationCycles"],
    ["no redemptions", { maxRedemptions: 0 }, "maxRedemptions"],
    [
      "an end before the start",
      { validFrom: "2026-02-01T00:00:00Z", validUntil: "2026-01-01T00:00:00Z" },
      "validUntil",
    ],
    ["no code", { code: "" }, "code"],
  ])("refuses %s", async (_what, fields, field) => {
    const payload = await create({ ...half, ...fields });
    expect(payload.discount).toBeNull();
    expect(payload.userErrors).toContainEqual(expect.objectContaining({ path: [field] }));
    expect(await merchant.events()).toEqual([]);
  });

  it("gives one of many requests at once the code, in any case", async () => {
    const answers = await Promise.all(["half", "HALF", "Half"].map((code) => create({ ...half, code })));
    expect(answers.filter((answer) => answer.discount)).toHaveLength(1);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([
      { code: "CONFLICT", path: ["code"] },
      { code: "CONFLICT", path: ["code"] },
    ]);
  });
});

describe("a discount", () => {
  let discountId: string;
  beforeEach(async () => {
    discountId = (await create({ ...half, maxRedemptions: 5, metadata: { a: "1" } })).discount.id;
  });
  const change = (name: string, input: object = {}) =>
    merchant.mutate(name, { discountId, ...input }, `changed ${discount}`);

  it("is changed in what it may be, and no further", async () => {
    const payload = await change("updateDiscount", {
      name: "Half price",
      maxRedemptions: null,
      metadata: { b: "2" },
    });
    expect(payload).toMatchObject({
      changed: true,
      discount: { maxRedemptions: null, metadata: { a: "1", b: "2" }, version: 2 },
    });
    expect(await change("updateDiscount", { name: "Half price" })).toMatchObject({ changed: false });
    expect(await change("updateDiscount", { expectedVersion: 1, name: "X" })).toMatchObject({
      userErrors: [{ code: "VERSION_MISMATCH" }],
    });
  });

  it("is taken out of use, and stays readable", async () => {
    expect(await change("deleteDiscount")).toMatchObject({ changed: true, discount: { active: false } });
    expect(await change("deleteDiscount")).toMatchObject({ changed: false });
    const { discounts } = await merchant.read(
      `{ discounts(filter: { code: "Half", active: false }) { nodes { id } } }`,
    );
    expect(discounts.nodes).toEqual([{ id: discountId }]);
    expect((await create(half)).userErrors).toMatchObject([{ code: "CONFLICT" }]);
  });

  it("is not found by another merchant", async () => {
    const stranger = await newMerchant(api);
    const payload = await stranger.mutate("deleteDiscount", { discountId }, "changed");
    expect(payload.userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["discountId"] }]);
  });
});
