import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { type Jobs, jobBacklog, startJobs } from "../../src/jobs/service.ts";
import { done } from "../credits/support.ts";
import { runAt } from "../engine/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MeteredShop, graduated, openMeteredShop, short } from "./metered.ts";

let api: TestApi;
let shop: MeteredShop;
let jobs: Jobs | undefined;
beforeAll(
  async () =>
    void (api = await startApi({ enqueue: async (client, drafts) => jobs?.enqueue(client, drafts) })),
);
afterAll(() => api.close());

const day = (at: string): string => `2026-${at}T00:00:00.000Z`;
const early = { ...graduated, payInAdvance: true };
const subscribed = async (price: object = early) => {
  shop = await openMeteredShop(api);
  const { id, items } = await shop.subscribe({ items: [{ price: { id: await shop.meteredPrice(price) } }] });
  await shop.setNow(day("06-20"));
  return { id, itemId: items.nodes[0].id };
};
const bill = () => runAt(api.database, new Date());
const lines = async (id: string) => (await shop.invoices(id)).map(short);

/** Gives the customer a wallet with credit, and how to tell what is in it and what the latest invoice took. */
async function givenCredit(id: string, amount: string) {
  const given = (name: string, input: object) => done(api, name, input, shop.key);
  const customer = { id: shop.customerId };
  const { wallet } = await given("createWallet", {
    customer,
    name: "Prepaid",
    unit: "CURRENCY",
    currency: "USD",
  });
  await given("grantCredits", { wallet: { id: wallet.id }, amount });
  return async () => {
    const { wallet: left, subscription } = await shop.read(
      `query ($wallet: ID!, $id: ID!) { wallet(id: $wallet) { balance }
        subscription(id: $id) { invoices { nodes { status prepaidCredit { amount } total { amount } } } } }`,
      { wallet: wallet.id, id },
    );
    const [latest] = subscription.invoices.nodes;
    return [left.balance, latest?.status, latest?.prepaidCredit.amount, latest?.total.amount];
  };
}

describe("usage that is paid in advance", () => {
  it("is billed while the period runs, each unit once, and the rest when it is over", async () => {
    const { id } = await subscribed();
    await shop.use({ at: "06-05", quantity: 90 });
    await bill();
    expect(await lines(id)).toEqual([]);
    await shop.use({ at: "06-06", quantity: 60 });
    await Promise.all([bill(), bill()]);
    await bill();
    expect(await lines(id)).toEqual([["USAGE API calls: 60 = 100"]]);
    await shop.use({ at: "06-07", quantity: 900 });
    await bill();
    const [first, second] = await shop.invoices(id);
    expect(first).toMatchObject({
      status: "PAID",
      billingReason: "SUBSCRIPTION_UPDATE",
      total: { amount: 100 },
    });
    // 850 × 2 and 50 × 1
    expect(short(second)).toEqual(["USAGE API calls: 900 = 1750"]);
    await shop.use({ at: "06-08", quantity: 10 });
    await shop.advanceTo(day("08-01"));
    expect((await lines(id)).slice(2)).toEqual([["USAGE API calls: 10 = 10"], ["USAGE API calls: 0 = 0"]]);
  });

  it("is raised to a minimum when the period is over", async () => {
    const { id } = await subscribed({ unitAmount: 1, spendingMinimum: 500n, payInAdvance: true });
    await shop.use({ at: "06-05", quantity: 90 });
    await bill();
    await shop.advanceTo(day("07-01"));
    expect(await lines(id)).toEqual([["USAGE API calls: 90 = 90"], ["USAGE API calls: 0 = 410"]]);
  });

  it("is not billed again by a change of price, a cancellation, or one that is taken back", async () => {
    const { id, itemId } = await subscribed();
    await shop.use({ at: "06-05", quantity: 200 });
    await bill();
    const price = await shop.meteredPrice({ unitAmount: 3 as never, payInAdvance: true });
    await shop.mutate("updateSubscriptionItem", { subscriptionId: id, itemId, price: { id: price } });
    await shop.setNow(day("06-22"));
    await shop.use({ at: "06-21", quantity: 10 }, { at: "06-06", quantity: 1 });
    await bill();
    await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
    expect(await lines(id)).toEqual([
      ["USAGE API calls: 200 = 200"],
      ["USAGE API calls: 10 = 30", "USAGE API calls: 1 = 2"],
    ]);
    await shop.mutate("reactivateSubscription", { subscriptionId: id });
    await shop.use({ at: "06-21", quantity: 5 });
    await shop.advanceTo(day("07-01"));
    expect((await lines(id)).slice(2)).toEqual([["USAGE API calls: 5 = 15"]]);
  });

  it("is taken from the customer's wallet first, and never more than is in it", async () => {
    const { id } = await subscribed();
    const paid = await givenCredit(id, "150");
    await shop.use({ at: "06-05", quantity: 150 });
    await Promise.all([bill(), bill()]);
    expect(await paid()).toEqual(["50", "PAID", 100, 0]);
    await shop.use({ at: "06-06", quantity: 50 });
    await bill();
    expect(await paid()).toEqual(["0", "PAID", 50, 50]);
  });

  it("is taken by a worker as soon as events come, which puts one job for all of them into the queue", async () => {
    const { id } = await subscribed();
    const paid = await givenCredit(id, "150");
    const started = { database: api.database, onError: (error: unknown) => expect.fail(String(error)) };
    jobs = await startJobs({ ...started, works: false });
    const waiting = async () => (await jobBacklog(reader(api.database, platform))).waiting;
    const before = await waiting();
    await Promise.all([
      shop.use({ at: "06-05", quantity: 100 }),
      shop.use({ at: "06-05", quantity: 30 }, { at: "06-06", quantity: 20 }),
    ]);
    await shop.use({ at: "06-07", quantity: 1 });
    expect(await waiting()).toBe(before + 1);
    expect(await paid()).toEqual(["150", undefined, undefined, undefined]);
    await jobs.stop();
    jobs = await startJobs({ ...started, works: true });
    await expect.poll(paid).toEqual(["48", "PAID", 102, 0]);
    await shop.use({ at: "06-08", quantity: 10 });
    await expect.poll(paid).toEqual(["28", "PAID", 20, 0]);
    await jobs.stop();
    jobs = undefined;
  });

  it("makes a subscription past due when it cannot be paid", async () => {
    const { id } = await subscribed();
    await api.database.prisma.customer.updateMany({
      where: { id: shop.customerId },
      data: { metadata: { sandbox_payment: "decline" } },
    });
    await shop.use({ at: "06-05", quantity: 200 });
    await bill();
    const { subscription } = await shop.read("query ($id: ID!) { subscription(id: $id) { status } }", { id });
    expect(subscription.status).toBe("PAST_DUE");
  });
});
