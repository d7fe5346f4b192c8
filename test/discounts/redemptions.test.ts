import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { times } from "../reads/fixtures.ts";
import { observe } from "../reads/statements.ts";
import { type Shop, openShop } from "../subscriptions/support.ts";

let api: TestApi;
let shop: Shop;
let price: { id: string };
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
  price = { id: await shop.newPrice() };
});

const discount = (values: object = {}) =>
  shop.insert("Discount", { code: "SAVE", type: "PERCENTAGE", value: "10" as never, ...values });
const redeem = (customer = { id: shop.customerId }) =>
  shop.mutate("createSubscription", { customer, items: [{ price }], discountCode: "SAVE" });
const newCustomers = (count: number) =>
  Promise.all(times(count, () => shop.insert("Customer", { name: "Ada" })));

const redemption = `cyclesApplied cyclesLeft redeemedAt endedAt discount { code } customer { id }
  subscription { id } invoice { id }`;

describe("a redemption", () => {
  test("is told by the subscription, the customer, the discount and the invoice", async () => {
    await discount({ duration: "REPEATING", durationCycles: 3, maxRedemptions: 5 });
    const { subscription } = await redeem();
    const { subscription: read } = await shop.read(
      `query ($id: ID!) { subscription(id: $id) {
        discounts { nodes { ${redemption} } }
        customer { discountRedemptions { nodes { ${redemption} } } }
        invoices { nodes { discounts { nodes { redemption { ${redemption} } } } } }
      } }`,
      { id: subscription.id },
    );
    const told = {
      cyclesApplied: 1,
      cyclesLeft: 2,
      redeemedAt: "2026-06-01T00:00:00.000Z",
      endedAt: null,
      discount: { code: "SAVE" },
      customer: { id: shop.customerId },
      subscription: { id: subscription.id },
      invoice: null,
    };
    expect(read.discounts.nodes).toEqual([told]);
    expect(read.customer.discountRedemptions.nodes).toEqual([told]);
    expect(read.invoices.nodes[0].discounts.nodes).toEqual([{ redemption: told }]);
    const { discounts } = await shop.read(
      `{ discounts { nodes { timesRedeemed redemptionsLeft redemptions { totalCount nodes { ${redemption} } } } } }`,
    );
    expect(discounts.nodes).toEqual([
      { timesRedeemed: 1, redemptionsLeft: 4, redemptions: { totalCount: 1, nodes: [told] } },
    ]);
  });

  test.each([
    ["once", { duration: "ONCE" }, [0, 0, 0]],
    ["for two periods", { duration: "REPEATING", durationCycles: 2 }, [1, 0, 0]],
    ["for ever", { duration: "FOREVER" }, [null, null, null]],
  ])("%s counts down with the periods that are billed", async (_, terms, left) => {
    await discount(terms);
    const { subscription } = await redeem();
    const seen: unknown[] = [];
    for (const until of ["2026-06-02", "2026-07-02", "2026-08-02"]) {
      await shop.advanceTo(`${until}T00:00:00Z`);
      const { subscription: now } = await shop.read(
        "query ($id: ID!) { subscription(id: $id) { discounts { nodes { cyclesLeft } } active: discounts(filter: { active: true }) { totalCount } } }",
        { id: subscription.id },
      );
      const [held] = now.discounts.nodes;
      seen.push(held.cyclesLeft);
      expect(now.active.totalCount).toBe(held.cyclesLeft === 0 ? 0 : 1);
    }
    expect(seen).toEqual(left);
  });

  test("an amount is taken off each invoice that it lasts for", async () => {
    await discount({
      type: "FIXED_AMOUNT",
      value: "300" as never,
      currency: "USD",
      duration: "REPEATING",
      durationCycles: 2,
    });
    const { subscription } = await redeem();
    await shop.advanceTo("2026-08-02T00:00:00Z");
    const { subscription: read } = await shop.read(
      "query ($id: ID!) { subscription(id: $id) { invoices { nodes { discount { amount } } } } }",
      { id: subscription.id },
    );
    const taken = read.invoices.nodes.map(
      (invoice: { discount: { amount: number } }) => invoice.discount.amount,
    );
    expect(taken).toEqual([0, 300, 300]);
  });
});

describe("limits", () => {
  test("of one customer do not hold for another", async () => {
    await discount({ maxRedemptionsPerCustomer: 1 });
    const [other = ""] = await newCustomers(1);
    expect((await redeem()).userErrors).toEqual([]);
    expect((await redeem()).userErrors).toMatchObject([{ __typename: "LimitExceeded", limit: 1, used: 1 }]);
    expect((await redeem({ id: other })).userErrors).toEqual([]);
    expect((await redeem({ id: other })).userErrors).toMatchObject([{ __typename: "LimitExceeded" }]);
  });

  test("in all hold for all customers together, whatever is sent at once", async () => {
    await discount({ maxRedemptions: 3, maxRedemptionsPerCustomer: 1 });
    const customers = await newCustomers(6);
    const answers = await Promise.all(customers.map((id) => redeem({ id })));
    const faults = answers.flatMap(({ userErrors }) => userErrors);
    expect(faults).toHaveLength(3);
    expect(faults).toMatchObject([{ limit: 3, used: 3 }, { limit: 3 }, { limit: 3 }]);
    const { discounts } = await shop.read(
      "{ discounts { nodes { timesRedeemed redemptionsLeft redemptions { totalCount } } } }",
    );
    expect(discounts.nodes).toEqual([
      { timesRedeemed: 3, redemptionsLeft: 0, redemptions: { totalCount: 3 } },
    ]);
  });

  test("are given back by a subscription that is deleted", async () => {
    await discount({ maxRedemptions: 1 });
    const { subscription } = await shop.mutate("createSubscription", {
      customer: { id: shop.customerId },
      items: [{ price }],
      discountCode: "SAVE",
      startDate: "2026-07-01T00:00:00Z",
    });
    expect((await redeem()).userErrors).toMatchObject([{ code: "LIMIT_EXCEEDED" }]);
    await shop.read(
      "mutation ($id: ID!) { deleteSubscription(input: { subscriptionId: $id }) { userErrors { message } } }",
      { id: subscription.id },
    );
    expect((await redeem()).userErrors).toEqual([]);
  });
});

test("what a discount is for and what a subscription is taxed with are one statement a level", async () => {
  const product = await shop.insert("Product", { productKey: "mug" });
  const rate = await shop.insert("TaxRate", { name: "VAT", percentage: "20" as never });
  const document = `{ discounts(first: 50) { nodes { products { product { id } }
      redemptions(first: 3) { nodes { cyclesLeft customer { id }
        subscription { taxRates { taxRateId taxRate { name } } discounts { nodes { cyclesLeft } } } } } } } }`;
  const counts: number[] = [];
  for (const count of [1, 9, 20]) {
    for (const index of times(count, (one) => one)) {
      const discountId = await discount({ code: `CODE-${count}-${index}`, scope: "SPECIFIC_PRODUCTS" });
      const subscriptionId = await shop.insert("BillingSubscription", { customerId: shop.customerId });
      await shop.insert("DiscountRedemption", { discountId, customerId: shop.customerId, subscriptionId });
      const { environmentId } = shop;
      await api.database.prisma.discountProduct.create({
        data: { environmentId, discountId, productId: product },
      });
      await api.database.prisma.subscriptionTaxRate.create({
        data: { environmentId, subscriptionId, taxRateId: rate },
      });
    }
    const { data, statements } = await observe(api, document, {}, shop.key);
    counts.push(statements.length);
    for (const node of data.discounts.nodes) {
      expect(node).toMatchObject({
        products: [{ product: { id: product } }],
        redemptions: {
          nodes: [
            {
              cyclesLeft: 1,
              subscription: {
                taxRates: [{ taxRateId: rate, taxRate: { name: "VAT" } }],
                discounts: { nodes: [{ cyclesLeft: 1 }] },
              },
            },
          ],
        },
      });
    }
  }
  expect(new Set(counts).size).toBe(1);
  expect(counts[0]).toBeLessThanOrEqual(10);
});
