import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MeteredShop, graduated, openMeteredShop, short } from "./metered.ts";

let api: TestApi;
let shop: MeteredShop;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const day = (at: string): string => `2026-${at}T00:00:00.000Z`;
const item = (id: string) => ({ price: { id } });
const late = (quantity: number, amount: number): string =>
  `ADJUSTMENT Usage of an earlier period, billed late: API calls: ${quantity} = ${amount}`;

/** A subscription whose 150 calls of June were billed when it was canceled, on the 15th. */
async function canceled(input: object = {}): Promise<string> {
  shop = await openMeteredShop(api);
  const { id } = await shop.subscribe({ items: [item(await shop.meteredPrice())], ...input });
  await shop.setNow(day("06-15"));
  await shop.use({ at: "06-05", quantity: 150 });
  await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
  expect(await lines(id)).toEqual([["USAGE API calls: 150 = 100"]]);
  return id;
}

const lines = async (id: string): Promise<string[][]> => (await shop.invoices(id)).map(short);

const balance = async (): Promise<number> => {
  const { customer } = await shop.read(`query ($id: ID!) { customer(id: $id) { balances { amount } } }`, {
    id: shop.customerId,
  });
  return customer.balances[0]?.amount ?? 0;
};

const voidEvents = (...ids: string[]) =>
  shop.read(
    `mutation ($input: VoidUsageEventsInput!) { voidUsageEvents(input: $input) { voided userErrors { message } } }`,
    { input: { events: ids.map((id) => ({ id })) } },
  );

describe("usage that comes late for a subscription that has ended", () => {
  it("is billed a day after the end, by the tiers of its period, once", async () => {
    const id = await canceled();
    await shop.use({ at: "06-14", quantity: 20 });
    await shop.advanceTo("2026-06-15T12:00:00.000Z");
    expect(await lines(id)).toHaveLength(1);
    await Promise.all([shop.advanceTo(day("06-17")), shop.advanceTo(day("06-17"))]);
    const [, final] = await shop.invoices(id);
    expect(short(final)).toEqual([late(20, 40)]);
    expect(final).toMatchObject({
      status: "PAID",
      billingReason: "SUBSCRIPTION_CANCEL",
      issuedAt: day("06-16"),
      period: { start: day("06-01"), end: day("07-01") },
    });
    expect(final.lines.nodes[0].period).toEqual({ start: day("06-01"), end: day("06-15") });
    await shop.advanceTo(day("12-01"));
    expect(await lines(id)).toHaveLength(2);
  });

  it("is billed monthly as long as events are taken, and no usage after the end", async () => {
    const id = await canceled();
    await shop.advanceTo(day("06-20"));
    await shop.use({ at: "06-14", quantity: 1 }, { at: "06-16", quantity: 1000 });
    await shop.advanceTo(day("09-10"));
    await shop.use({ at: "06-13", quantity: 2 });
    await shop.advanceTo(day("12-01"));
    const invoices = await shop.invoices(id);
    expect(invoices.slice(1).map(({ issuedAt }: { issuedAt: string }) => issuedAt)).toEqual([
      day("07-16"),
      day("09-14"),
    ]);
    expect(invoices.slice(1).map(short)).toEqual([[late(1, 2)], [late(2, 4)]]);
  });

  it("is billed after a term that ended by itself", async () => {
    shop = await openMeteredShop(api);
    const { id } = await shop.subscribe({
      items: [item(await shop.meteredPrice())],
      billingEndStrategy: "AFTER_CYCLES",
      billingMaxCycles: 1,
    });
    await shop.advanceTo(day("07-01"));
    await shop.use({ at: "06-30", quantity: 101 });
    await shop.advanceTo(day("07-03"));
    expect(await lines(id)).toEqual([["USAGE API calls: 0 = 0"], [late(101, 2)]]);
  });

  it("is one invoice for all that a customer had, less percentages", async () => {
    shop = await openMeteredShop(api);
    await shop.insert("Discount", {
      code: "HALF",
      type: "PERCENTAGE",
      value: 50 as never,
      duration: "FOREVER",
    });
    const price = await shop.meteredPrice({ unitAmount: 10 as never });
    const [one, other] = [
      await shop.subscribe({ items: [item(price)], discountCode: "HALF" }),
      await shop.subscribe({
        items: [item(await shop.meteredPrice({ ...graduated, billZeroUsage: false }))],
      }),
    ];
    await shop.setNow(day("06-15"));
    for (const { id } of [one, other]) {
      // eslint-disable-next-line no-await-in-loop
      await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
    }
    await shop.use(
      { at: "06-14", quantity: 3, subscriptionId: one.id },
      { at: "06-14", quantity: 110, subscriptionId: other.id },
    );
    await shop.advanceTo(day("07-01"));
    const [invoice, ...more] = (await Promise.all([one.id, other.id].map(shop.invoices)))
      .flat()
      .filter((each) => short(each).some((line) => line.startsWith("ADJUSTMENT")));
    expect(more).toEqual([]);
    expect(short(invoice).toSorted()).toEqual([late(110, 20), late(3, 30)]);
    expect(invoice.total.amount).toBe(25);
  });

  it("waits for the next invoice of another subscription, and no longer than events are taken", async () => {
    const id = await canceled();
    const yearly = await shop.newPrice({ interval: "YEAR", unitAmount: 9900 as never }, { name: "Year" });
    const other = await shop.subscribe({ items: [item(yearly)] });
    await shop.use({ at: "06-14", quantity: 20 });
    await shop.advanceTo(day("09-13"));
    expect(await lines(id)).toHaveLength(1);
    await shop.advanceTo(day("09-15"));
    expect((await lines(id)).slice(1)).toEqual([[late(20, 40)]]);
    await shop.advanceTo("2027-06-16T00:00:00.000Z");
    expect(await lines(other.id)).toEqual([["ITEM Year: 1 = 9900"], ["ITEM Year: 1 = 9900"]]);
  });

  it("stays owed where it cannot be paid, and wakes nothing", async () => {
    const id = await canceled();
    await api.database.prisma.customer.updateMany({
      where: { id: shop.customerId },
      data: { metadata: { sandbox_payment: "decline" } },
    });
    await shop.use({ at: "06-14", quantity: 20 });
    await shop.advanceTo(day("06-17"));
    expect((await shop.invoices(id))[1]).toMatchObject({ status: "SENT", total: { amount: 40 } });
    const { subscription } = await shop.read("query ($id: ID!) { subscription(id: $id) { status } }", { id });
    expect(subscription.status).toBe("CANCELED");
  });

  it("is the period's own again when the subscription goes on", async () => {
    const id = await canceled();
    await shop.mutate("reactivateSubscription", { subscriptionId: id });
    await shop.use({ at: "06-14", quantity: 20 });
    await shop.advanceTo(day("07-01"));
    expect((await lines(id)).slice(1)).toEqual([["USAGE API calls: 20 = 40"]]);
  });
});

describe("usage that is voided after its subscription has ended", () => {
  const givenBack = [
    "ADJUSTMENT Usage of an earlier period, given back: API calls: 20 = -40",
    "CARRIED_OVER Credited to the customer's balance: 1 = 40",
  ];

  it("is given back to the balance, no more than was billed", async () => {
    const id = await canceled();
    const [event = ""] = await shop.use({ at: "06-14", quantity: 20 });
    await shop.advanceTo(day("06-17"));
    await voidEvents(event);
    await Promise.all([shop.advanceTo(day("06-18")), shop.advanceTo(day("06-18"))]);
    const [, , credit, ...more] = await shop.invoices(id);
    expect(short(credit)).toEqual(givenBack);
    expect(await balance()).toBe(40);
    expect(more).toEqual([]);
  });

  it("is given back long after", async () => {
    const id = await canceled();
    const [event = ""] = await shop.use({ at: "06-14", quantity: 20 });
    await shop.advanceTo("2027-02-01T00:00:00.000Z");
    await voidEvents(event);
    await shop.advanceTo("2027-02-02T00:00:00.000Z");
    await shop.advanceTo("2027-06-01T00:00:00.000Z");
    expect((await lines(id)).slice(2)).toEqual([givenBack]);
  });

  it("gives nothing back where it was never billed", async () => {
    const id = await canceled();
    const [event = ""] = await shop.use({ at: "06-14", quantity: 20 });
    await voidEvents(event);
    await shop.advanceTo(day("12-01"));
    expect(await lines(id)).toHaveLength(1);
    expect(await balance()).toBe(0);
  });
});
