import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: Shop;
let gift: string;
let plain: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
  gift = await shop.newPrice({
    pricingModel: "PAY_WHAT_YOU_WANT",
    unitAmount: "0" as never,
    minimumAmount: 1000n,
    maximumAmount: 5000n,
  });
  plain = await shop.newPrice();
});

const faultsOf = ({ userErrors }: any) =>
  userErrors.map(({ code, path }: any) => `${code} ${path.join(".")}`);

const wrong = ["1", "999.9", "5000.1", "999999"];

const create = (item: object) =>
  shop.mutate("createSubscription", { customer: { id: shop.customerId }, items: [item] });

describe("an amount that the customer chooses for a price between 1000 and 5000", () => {
  test.each(["1000", "5000"])("is %s at the least or at the most", async (unitAmount) => {
    const { userErrors, invoice } = await create({ price: { id: gift }, unitAmount });
    expect(userErrors).toEqual([]);
    expect(invoice.total.amount).toBe(Number(unitAmount));
  });

  test.each(wrong)("is not %s when a subscription is created", async (unitAmount) => {
    expect(faultsOf(await create({ price: { id: gift }, unitAmount }))).toEqual([
      "INVALID items.0.unitAmount",
    ]);
  });

  test("has to be said where the price suggests none", async () => {
    expect(faultsOf(await create({ price: { id: gift } }))).toEqual(["REQUIRED items.0.unitAmount"]);
    const suggesting = await shop.newPrice({ pricingModel: "PAY_WHAT_YOU_WANT", suggestedAmount: 700n });
    expect((await create({ price: { id: suggesting } })).invoice.total.amount).toBe(700);
  });

  test.each(wrong)("is not %s when an item is added", async (unitAmount) => {
    const { id } = await shop.subscribe({ items: [{ price: { id: plain } }] });
    const item = { price: { id: gift }, unitAmount };
    const added = await shop.mutate("addSubscriptionItem", { subscriptionId: id, item });
    expect(faultsOf(added)).toEqual(["INVALID item.unitAmount"]);
    expect(added.subscription).toBeNull();
  });

  test.each(wrong)("is not %s when an item or the plan is changed", async (unitAmount) => {
    const { id, items } = await shop.subscribe({ items: [{ price: { id: gift }, unitAmount: "2000" }] });
    const itemId = items.nodes[0].id;
    const update = { subscriptionId: id, itemId, unitAmount };
    expect(faultsOf(await shop.mutate("updateSubscriptionItem", update))).toEqual(["INVALID unitAmount"]);
    const plan = { subscriptionId: id, price: { id: gift }, unitAmount };
    expect(faultsOf(await shop.mutate("changeSubscriptionPlan", plan))).toEqual(["INVALID unitAmount"]);
  });

  test("is held to the bounds of the price that an item changes to", async () => {
    const { id, items } = await shop.subscribe({ items: [{ price: { id: gift }, unitAmount: "2000" }] });
    const dearer = await shop.newPrice({ pricingModel: "PAY_WHAT_YOU_WANT", minimumAmount: 3000n });
    const plan = { subscriptionId: id, price: { id: dearer } };
    expect(faultsOf(await shop.mutate("changeSubscriptionPlan", plan))).toEqual(["INVALID unitAmount"]);
    const update = { subscriptionId: id, itemId: items.nodes[0].id, price: { id: dearer } };
    expect(faultsOf(await shop.mutate("updateSubscriptionItem", update))).toEqual(["INVALID unitAmount"]);
    const enough = await shop.mutate("changeSubscriptionPlan", { ...plan, unitAmount: "3000" });
    expect(faultsOf(enough)).toEqual([]);
    const fewer = { subscriptionId: id, itemId: items.nodes[0].id, quantity: "2" };
    expect(faultsOf(await shop.mutate("updateSubscriptionItem", fewer))).toEqual([]);
  });

  test("is what the price suggests in a phase of a schedule, which has to be within the bounds", async () => {
    const schedule = async (price: string) => {
      const { createSubscriptionSchedule } = await shop.read(
        `mutation ($input: CreateSubscriptionScheduleInput!) {
          createSubscriptionSchedule(input: $input) { userErrors { code path } } }`,
        {
          input: {
            customer: { id: shop.customerId },
            phases: [{ items: [{ price: { id: plain } }, { price: { id: price } }] }],
          },
        },
      );
      return faultsOf(createSubscriptionSchedule);
    };
    const priced = (suggestedAmount: bigint) =>
      shop.newPrice({ pricingModel: "PAY_WHAT_YOU_WANT", minimumAmount: 1000n, suggestedAmount });
    expect(await schedule(gift)).toEqual(["REQUIRED phases.0.items.1.price"]);
    expect(await schedule(await priced(1n))).toEqual(["INVALID phases.0.items.1.price"]);
    expect(await schedule(await priced(1000n))).toEqual([]);
  });
});
