import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
});

const line = "kind description quantity amount { amount } period { start end }";
const preview = async (input: object) =>
  (
    await shop.read(
      `query ($input: PreviewSubscriptionChangeInput!) { previewSubscriptionChange(input: $input) {
        status currentPeriod { start end } waiting { ${line} }
        invoice { subtotal { amount } discount { amount } credit { amount } tax { amount } total { amount } toBalance { amount } lines { ${line} } }
        userErrors { __typename code path } } }`,
      { input },
    )
  ).previewSubscriptionChange;

const price = (unitAmount: number) =>
  shop.newPrice({ unitAmount: String(unitAmount) as never }, { name: `Plan ${unitAmount}` });

/** A subscription at 30 dollars with a fifth of tax, ten of the thirty days of June ago. */
async function subscribe() {
  const rate = await shop.insert("TaxRate", { name: "VAT", percentage: "20" as never });
  const subscription = await shop.subscribe({
    items: [{ price: { id: await price(3000) } }],
    taxRateIds: [rate],
  });
  await shop.setNow("2026-06-11T00:00:00.000Z");
  return subscription.id;
}

const everything = async () => {
  const { environmentId } = shop;
  const { billingSubscription, subscriptionItem, invoice, pendingInvoiceItem, event } = api.database.prisma;
  return [
    await billingSubscription.findMany({ where: { environmentId } }),
    await subscriptionItem.findMany({ where: { environmentId } }),
    await invoice.count({ where: { environmentId } }),
    await pendingInvoiceItem.count({ where: { environmentId } }),
    await event.count({ where: { environmentId } }),
  ];
};

describe("previewSubscriptionChange", () => {
  test("tells what a change of plan would bill, as the change then does, and writes nothing", async () => {
    const subscriptionId = await subscribe();
    const change = { subscriptionId, price: { id: await price(6000) } };
    const before = await everything();
    const shown = await preview({ changeSubscriptionPlan: change });
    // −3000 × 20/30 + 6000 × 20/30, and a fifth of it.
    expect(shown).toMatchObject({
      status: "ACTIVE",
      waiting: [],
      userErrors: [],
      invoice: {
        subtotal: { amount: 2000 },
        tax: { amount: 400 },
        total: { amount: 2400 },
        toBalance: { amount: 0 },
        lines: [
          { kind: "PRORATION_CREDIT", amount: { amount: -2000 } },
          { kind: "PRORATION_CHARGE", amount: { amount: 4000 } },
        ],
      },
    });
    expect(await everything()).toEqual(before);
    const { invoice } = await shop.mutate("changeSubscriptionPlan", change);
    expect(invoice.total).toEqual(shown.invoice.total);
    expect(invoice.lines.nodes.map(({ amount }: any) => amount)).toEqual(
      shown.invoice.lines.map(({ amount }: any) => amount),
    );
  });

  test("tells what would wait, go to the balance, or end", async () => {
    const subscriptionId = await subscribe();
    const later = await preview({
      changeSubscriptionQuantity: { subscriptionId, quantity: "2", prorationMode: "NEXT_INVOICE" },
    });
    expect(later.invoice).toBeNull();
    expect(later.waiting.map(({ amount }: any) => amount.amount)).toEqual([-2000, 4000]);
    const ended = await preview({ cancelSubscription: { subscriptionId, mode: "NOW", prorate: true } });
    // 2000 and their tax of 400 are given back.
    expect(ended).toMatchObject({
      status: "CANCELED",
      invoice: { total: { amount: 0 }, toBalance: { amount: 2400 } },
    });
  });

  test("tells what a pause and its end would come to", async () => {
    const subscriptionId = await subscribe();
    const before = await everything();
    const running = { currentPeriod: { start: "2026-06-01T00:00:00.000Z", end: "2026-07-01T00:00:00.000Z" } };
    expect(await preview({ pauseSubscription: { subscriptionId } })).toMatchObject({
      ...running,
      status: "PAUSED",
      invoice: null,
      waiting: [],
    });
    expect(await preview({ pauseSubscription: { subscriptionId, atPeriodEnd: true } })).toMatchObject({
      status: "ACTIVE",
    });
    expect(await preview({ resumeSubscription: { subscriptionId } })).toMatchObject({
      userErrors: [{ __typename: "IllegalTransition", path: ["resumeSubscription", "subscriptionId"] }],
    });
    expect(await everything()).toEqual(before);
    await shop.mutate("pauseSubscription", { subscriptionId });
    expect(await preview({ resumeSubscription: { subscriptionId } })).toMatchObject({
      ...running,
      status: "ACTIVE",
    });
  });

  test("refuses what the operation would refuse, at the path within the input", async () => {
    const subscriptionId = await subscribe();
    expect(await preview({ changeSubscriptionQuantity: { subscriptionId, quantity: "0" } })).toMatchObject({
      status: null,
      currentPeriod: null,
      invoice: null,
      userErrors: [{ code: "INVALID", path: ["changeSubscriptionQuantity", "quantity"] }],
    });
    expect(await preview({ reactivateSubscription: { subscriptionId } })).toMatchObject({
      userErrors: [{ __typename: "IllegalTransition", path: ["reactivateSubscription", "subscriptionId"] }],
    });
    expect(
      await preview({ cancelSubscription: { subscriptionId: shop.customerId, mode: "NOW" } }),
    ).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["cancelSubscription", "subscriptionId"] }],
    });
  });
});
