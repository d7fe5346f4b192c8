import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Merchant, newMerchant } from "./support.ts";

let api: TestApi;
let merchant: Merchant;
let meterId: string;
let productId: string;
beforeAll(async () => {
  api = await startApi();
  merchant = await newMerchant(api);
  const made = await merchant.mutate(
    "createProduct",
    { productKey: "calls", name: "Calls", kind: "SUBSCRIPTION" },
    "product { id }",
  );
  productId = made.product.id;
  const { meter } = await merchant.mutate(
    "createMeter",
    { name: "Calls", eventName: "call", aggregation: "SUM" },
    "meter { id }",
  );
  meterId = meter.id;
});
afterAll(() => api.close());

const fields = `price { id payInAdvance billZeroUsage filterPriority active
  usageFilter { property operator values } meter { id } spendingMinimum { amount } }`;
const create = async (input: object) => {
  const monthly = { type: "RECURRING", interval: "MONTH", unitAmount: "1" };
  return merchant.mutate(
    "createPrice",
    { product: { id: productId }, meterId, ...monthly, ...input },
    fields,
  );
};

describe("createPrice with a meter", () => {
  it("bills usage at the end of the period, of all events, with a line for none, unless said", async () => {
    const { price, userErrors } = await create({});
    expect(userErrors).toEqual([]);
    expect(price).toMatchObject({
      payInAdvance: false,
      billZeroUsage: true,
      usageFilter: [],
      filterPriority: 0,
      meter: { id: meterId },
    });
  });

  it("takes a filter with its priority, a minimum, and what becomes of no usage", async () => {
    const usageFilter = [
      { property: "region", operator: "IN", values: ["eu", "us"] },
      { property: "size", operator: "GTE", values: ["10"] },
      { property: "batch", operator: "EXISTS", values: [] },
    ];
    const { price } = await create({
      usageFilter,
      filterPriority: 5,
      spendingMinimum: 1000,
      billZeroUsage: false,
      payInAdvance: true,
    });
    expect(price).toMatchObject({
      usageFilter,
      filterPriority: 5,
      billZeroUsage: false,
      payInAdvance: true,
      spendingMinimum: { amount: 1000 },
    });
    const { price: replaced } = await merchant.mutate(
      "replacePrice",
      {
        priceId: price.id,
        type: "RECURRING",
        interval: "MONTH",
        unitAmount: "2",
        usageFilter: usageFilter.slice(0, 1),
      },
      fields,
    );
    expect(replaced).toMatchObject({ usageFilter: usageFilter.slice(0, 1), meter: { id: meterId } });
  });

  it.each([
    [
      "a value for EXISTS",
      { usageFilter: [{ property: "a", operator: "EXISTS", values: ["b"] }] },
      ["usageFilter", "0", "values"],
    ],
    [
      "two values for EQ",
      { usageFilter: [{ property: "a", operator: "EQ", values: ["b", "c"] }] },
      ["usageFilter", "0", "values"],
    ],
    [
      "no values for IN",
      { usageFilter: [{ property: "a", operator: "IN" }] },
      ["usageFilter", "0", "values"],
    ],
    [
      "a text to compare by size",
      { usageFilter: [{ property: "a", operator: "GT", values: ["b"] }] },
      ["usageFilter", "0", "values"],
    ],
    [
      "no property",
      { usageFilter: [{ property: "", operator: "EXISTS" }] },
      ["usageFilter", "0", "property"],
    ],
    [
      "21 conditions",
      { usageFilter: Array.from({ length: 21 }, () => ({ property: "a", operator: "EXISTS" })) },
      ["usageFilter"],
    ],
    ["a priority out of range", { filterPriority: 1001 }, ["filterPriority"]],
    [
      "a filter without a meter",
      { meterId: null, usageFilter: [{ property: "a", operator: "EXISTS" }] },
      ["usageFilter"],
    ],
    ["what becomes of no usage without a meter", { meterId: null, billZeroUsage: false }, ["billZeroUsage"]],
    [
      "an amount for the customer to choose",
      { pricingModel: "PAY_WHAT_YOU_WANT", unitAmount: null },
      ["pricingModel"],
    ],
  ])("refuses %s", async (_what, input, path) => {
    const { price, userErrors } = await create(input);
    expect(price).toBeNull();
    expect(userErrors).toMatchObject([{ path }]);
  });

  it("is no more sold once it is archived", async () => {
    const { price } = await create({});
    const payload = await merchant.mutate("archivePrice", { priceId: price.id }, fields);
    expect(payload.price).toMatchObject({ active: false });
    const customer = await merchant.mutate("createCustomer", { email: "a@example.org" }, "customer { id }");
    const { userErrors } = await merchant.mutate(
      "createSubscription",
      { customer: { id: customer.customer.id }, items: [{ price: { id: price.id } }] },
      "subscription { id }",
    );
    expect(userErrors).toHaveLength(1);
  });
});
