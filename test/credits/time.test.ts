import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { read as readSubscription, runAt, subscribe } from "../engine/support.ts";
import { eventsOf } from "../invoices/support.ts";
import { done, grant, newCustomer, newWallet, read, refused } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const newClock = `mutation ($input: CreateTestClockInput!) {
  createTestClock(input: $input) { testClock { id } userErrors { message } } }`;
const advanceClock = `mutation ($input: AdvanceTestClockInput!) {
  advanceTestClock(input: $input) { testClock { status } userErrors { message } } }`;
const wallet = (id: string) => ({ wallet: { id } });
const day = (text: string) => `2027-${text}T00:00:00.000Z`;

/** A wallet of a customer that lives by a clock of its own, which stands at the start of 2027. */
async function clocked(): Promise<{
  id: string;
  customerId: string;
  advance: (to: string) => Promise<void>;
}> {
  const { data } = await api.query(newClock, { input: { name: "Clock", now: day("01-01") } });
  const testClockId = data.createTestClock.testClock.id;
  const customerId = await newCustomer(api, { testClockId });
  const { id } = await newWallet(api, { customerId });
  const advance = async (to: string) => {
    const answer = await api.query(advanceClock, { input: { id: testClockId, to: day(to) } });
    expect(answer.data.advanceTestClock).toEqual({ testClock: { status: "READY" }, userErrors: [] });
  };
  return { id, customerId, advance };
}

const entries = async (id: string) => {
  const { transactions } = await read(api, id);
  return transactions.nodes
    .toReversed()
    .map(({ type, amount, balance, createdAt }: Record<string, string>) => [
      type,
      amount,
      balance,
      createdAt?.slice(5, 10),
    ]);
};

describe("as time goes by", () => {
  it("grants begin and expire, each once, as of their instants", async () => {
    const { id, advance } = await clocked();
    await grant(api, id, "100", { expiresAt: day("02-01") });
    const later = await grant(api, id, "50", { effectiveAt: day("01-15"), expiresAt: day("03-01") });
    expect(later).toMatchObject({ status: "SCHEDULED", remaining: "0", nextStepAt: day("01-15") });
    await advance("01-20");
    await done(api, "consumeCredits", { ...wallet(id), amount: "30" });
    await advance("02-10");
    await advance("03-10");
    expect(await entries(id)).toEqual([
      ["GRANT", "100", "100", "01-01"],
      ["GRANT", "50", "150", "01-15"],
      ["CONSUMPTION", "-30", "120", "01-20"],
      ["EXPIRY", "-70", "50", "02-01"],
      ["EXPIRY", "-50", "0", "03-01"],
    ]);
    expect(await eventsOf(api, later.id)).toEqual([
      "credit_grant.created",
      "credit_grant.activated",
      "credit_grant.expired",
    ]);
  });

  it("grants come again, and roll over no more than their limit, until they end", async () => {
    const { id, advance } = await clocked();
    const recurrence = { interval: "MONTH", rollOverLimit: "25" };
    await grant(api, id, "100", { recurrence, expiresAt: day("04-01") });
    await done(api, "consumeCredits", { ...wallet(id), amount: "10" });
    await advance("02-15");
    await done(api, "consumeCredits", { ...wallet(id), amount: "120" });
    await advance("05-01");
    expect(await entries(id)).toEqual([
      ["GRANT", "100", "100", "01-01"],
      ["CONSUMPTION", "-10", "90", "01-01"],
      ["EXPIRY", "-65", "25", "02-01"],
      ["RECURRENCE", "100", "125", "02-01"],
      ["CONSUMPTION", "-120", "5", "02-15"],
      ["RECURRENCE", "100", "105", "03-01"],
      ["EXPIRY", "-105", "0", "04-01"],
    ]);
    expect((await read(api, id)).grants.nodes).toMatchObject([
      { status: "EXPIRED", recurrences: 2, nextStepAt: null },
    ]);
  });

  it("a 31st comes back after a short month", async () => {
    const { id, advance } = await clocked();
    await advance("01-31");
    await grant(api, id, "10", { recurrence: { interval: "MONTH" } });
    await advance("04-15");
    const days = (await entries(id)).filter(([type]: string[]) => type === "RECURRENCE");
    expect(days.map(([, , , at]: string[]) => at)).toEqual(["02-28", "03-31"]);
  });

  it("several workers do each step once, and a late one all that it has missed", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { id } = await newWallet(api);
      await grant(api, id, "10", { recurrence: { interval: "DAY" } });
      ids.push(id);
    }
    const late = new Date(Date.now() + 3.5 * 86_400_000);
    await Promise.all([1, 2, 3].map(() => runAt(api.database, late, 2)));
    for (const id of ids) {
      const { balance, grants, transactions } = await read(api, id);
      expect([balance, grants.nodes[0].recurrences, transactions.totalCount]).toEqual(["10", 3, 7]);
    }
    expect(await runAt(api.database, late)).toBe(0);
  });

  it("what has expired cannot be used, whether or not the engine has come by", async () => {
    const { id } = await newWallet(api);
    const { id: grantId } = await grant(api, id, "10");
    await grant(api, id, "1");
    await api.database.pool.query(
      "UPDATE credit_grants SET effective_at = '2026-01-01', expires_at = '2026-02-01', next_step_at = '2026-02-01' WHERE id = $1",
      [grantId],
    );
    const error = await refused(api, "consumeCredits", { ...wallet(id), amount: "2" });
    expect(error).toMatchObject({ code: "INSUFFICIENT_CREDITS", available: "1" });
    await done(api, "consumeCredits", { ...wallet(id), amount: "1" });
    expect((await read(api, id)).grants.nodes).toMatchObject([{ status: "EXPIRED" }, { remaining: "0" }]);
  });

  it("the credit of a month pays the invoice at its end, and then comes again", async () => {
    const { data } = await api.query(newClock, { input: { name: "Clock", now: "2026-01-05T00:00:00Z" } });
    const { id: testClockId } = data.createTestClock.testClock;
    const [subscriptionId = ""] = await subscribe(api, { customer: { testClockId } });
    const { customerId } = await api.database.prisma.billingSubscription.findFirstOrThrow({
      where: { id: subscriptionId },
    });
    const money = { customerId, name: "Money", unit: "CURRENCY", currency: "USD", pays: "EVERYTHING" };
    const { id } = await newWallet(api, money);
    await grant(api, id, "700", { expiresAt: "2026-02-01T00:00:00Z" });
    await grant(api, id, "400", { effectiveAt: "2026-02-01T00:00:00Z" });
    const previewed = await api.query(
      "query ($id: ID!) { previewRenewals(subscriptionId: $id, count: 3) { renewals { amount { amount } } } }",
      { id: subscriptionId },
    );
    await api.query(advanceClock, { input: { id: testClockId, to: "2026-04-02T00:00:00Z" } });
    const { invoices } = await readSubscription(api, subscriptionId);
    const totals = invoices.map(({ total }: { total: { amount: number } }) => total.amount);
    expect(totals).toEqual([300, 600, 1_000]);
    expect(
      previewed.data.previewRenewals.renewals.map((one: { amount: { amount: number } }) => one.amount.amount),
    ).toEqual(totals);
  });
});
