import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "../subscriptions/support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: Shop;
let small: string;
let large: string;
let yearly: string;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
  small = await shop.newPrice({ unitAmount: "1000" as never }, { name: "Small" });
  large = await shop.newPrice({ unitAmount: "3000" as never }, { name: "Large" });
  yearly = await shop.newPrice({ unitAmount: "20000" as never, interval: "YEAR" }, { name: "Yearly" });
});

const item = (id: string, quantity = "1") => ({ price: { id }, quantity });
const june = (day: string) => `2026-06-${day}T00:00:00Z`;

/** What a subscription that a schedule starts now is told to be billed, and then is, until the end of the year. */
async function compare(input: object) {
  const { createSubscriptionSchedule: created } = await shop.read(
    `mutation ($input: CreateSubscriptionScheduleInput!) { createSubscriptionSchedule(input: $input) {
      schedule { subscription { id } } userErrors { code message path } } }`,
    { input: { customer: { id: shop.customerId }, ...input } },
  );
  expect(created.userErrors).toEqual([]);
  const { id } = created.schedule.subscription;
  const before = await billed(id);
  const { previewRenewals } = await shop.read(
    `query ($id: ID!) { previewRenewals(subscriptionId: $id, count: 8) {
      renewals { date period { start end } amount { amount } isFinalPayment } } }`,
    { id },
  );
  await shop.advanceTo("2026-12-31T00:00:00Z");
  const told = previewRenewals.renewals
    .filter(({ date }: any) => date < "2026-12-31")
    .map(({ period, amount }: any) => ({ period, total: amount }));
  const after = (await billed(id)).slice(before.length).slice(0, 8);
  expect(after).toEqual(told);
  return previewRenewals.renewals as any[];
}

async function billed(id: string) {
  const { subscription } = await shop.read(
    `query ($id: ID!) { subscription(id: $id) {
      invoices(first: 50, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { billingReason period { start end } total { amount } } } } }`,
    { id },
  );
  return subscription.invoices.nodes
    .filter(({ billingReason }: any) => billingReason !== "SUBSCRIPTION_CANCEL")
    .map(({ period, total }: any) => ({ period, total }));
}

describe("previewRenewals of a subscription with a schedule", () => {
  it("bills each phase's items from the renewal on that begins it, and ends with the last", async () => {
    const renewals = await compare({
      phases: [
        { items: [item(small)], endsAt: "2026-08-01T00:00:00Z" },
        { items: [item(large, "2")], endsAt: "2026-10-01T00:00:00Z" },
      ],
    });
    expect(renewals.map(({ amount }) => amount.amount)).toEqual([1000, 6000, 6000]);
    expect(renewals.map(({ isFinalPayment }) => isFinalPayment)).toEqual([false, false, true]);
  });

  it.each(["IMMEDIATE", "NEXT_INVOICE", "NONE"])(
    "counts what changes within periods, %s, on top of each other",
    async (prorationMode) => {
      const renewals = await compare({
        endBehavior: "RELEASE",
        phases: [
          { items: [item(small)], endsAt: june("11") },
          { items: [item(large)], endsAt: june("21"), prorationMode },
          { items: [item(small, "4")], prorationMode },
        ],
      });
      expect(renewals).toHaveLength(8);
    },
  );

  it("begins a new period with another interval", async () => {
    const renewals = await compare({
      endBehavior: "RELEASE",
      phases: [{ items: [item(small)], endsAt: june("16") }, { items: [item(yearly)] }],
    });
    // A year from the 16th of June, less half of the month.
    expect(renewals[0]).toMatchObject({ date: "2026-06-16T00:00:00.000Z", amount: { amount: 19_500 } });
  });

  it("takes off the discount that a phase redeems, as long as it lasts", async () => {
    const codes = {
      type: "PERCENTAGE",
      value: "50" as never,
      duration: "REPEATING",
      durationCycles: 2,
    } as const;
    await shop.insert("Discount", { code: "HALF", ...codes });
    const renewals = await compare({
      endBehavior: "RELEASE",
      phases: [
        { items: [item(small)], endsAt: "2026-07-01T00:00:00Z" },
        { items: [item(large)], discountCode: "half" },
      ],
    });
    expect(renewals.slice(0, 4).map(({ amount }) => amount.amount)).toEqual([1500, 1500, 3000, 3000]);
    const { discounts } = await shop.read("{ discounts { nodes { timesRedeemed } } }");
    expect(discounts.nodes).toEqual([{ timesRedeemed: 1 }]);
  });
});
