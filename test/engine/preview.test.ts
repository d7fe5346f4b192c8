import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/reader.ts";
import { insertRows } from "../../src/db/writes.ts";
import { anchorFor, firstPeriod } from "../../src/kit/billing-cycle.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Wanted, on, runAt, subscribe } from "./support.ts";

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

async function preview(id: string, count: number): Promise<any> {
  const { data } = await api.query(
    `query ($id: ID!, $count: Int!) { previewRenewals(subscriptionId: $id, count: $count) {
      currentPeriodEnd nextInvoiceAmount { amount }
      renewals { sequence date period { start end } amount { amount } isTrialEnd isFirstCharge isFinalPayment }
    } }`,
    { id, count },
  );
  return data.previewRenewals;
}

/** What the engine has billed a subscription for, in order. */
async function billed(id: string): Promise<{ start: string; end: string; amount: number }[]> {
  const { rows } = await api.database.pool.query(
    `SELECT period_start AS start, period_end AS end, total AS amount FROM invoices
     WHERE subscription_id = $1 AND billing_reason <> 'SUBSCRIPTION_CANCEL' ORDER BY period_start`,
    [id],
  );
  return rows.map(({ start, end, amount }) => ({
    start: start.toISOString(),
    end: end.toISOString(),
    amount: Number(amount),
  }));
}

describe("previewRenewals", () => {
  it("tells the trial's end, the first charge and the final payment", async () => {
    const [id = ""] = await subscribe(api, {
      subscription: {
        status: "TRIALING",
        trialEnd: on("01-15"),
        currentPeriodEnd: on("01-15"),
        billingAnchor: on("01-15"),
        billingAnchorDay: 15,
        cyclesBilled: 0,
        billingEndStrategy: "AFTER_CYCLES",
        billingMaxCycles: 2,
      },
    });
    expect(await preview(id, 5)).toMatchObject({
      currentPeriodEnd: on("01-15").toISOString(),
      nextInvoiceAmount: { amount: 1000 },
      renewals: [
        {
          sequence: 1,
          date: on("01-15").toISOString(),
          isTrialEnd: true,
          isFirstCharge: true,
          isFinalPayment: false,
        },
        {
          sequence: 2,
          date: on("02-15").toISOString(),
          isTrialEnd: false,
          isFirstCharge: false,
          isFinalPayment: true,
        },
      ],
    });
  });

  it("takes what waits, the customer's credit and discounts into account, and writes nothing", async () => {
    const [id = ""] = await subscribe(api);
    const executor = reader(api.database, platform);
    const { environmentId } = api;
    const { rows } = await api.database.pool.query("SELECT customer_id FROM subscriptions WHERE id = $1", [
      id,
    ]);
    const customerId = rows[0].customer_id;
    await insertRows(executor, "PendingInvoiceItem", [
      {
        environmentId,
        id: newId(),
        customerId,
        kind: "ADJUSTMENT",
        description: "Extra",
        currency: "USD",
        unitAmount: new Prisma.Decimal(300),
        amount: 300n,
      },
    ]);
    await insertRows(executor, "CustomerBalance", [
      { environmentId, customerId, currency: "USD", amount: 1500n },
    ]);
    const discountId = newId();
    await insertRows(executor, "Discount", [
      {
        environmentId,
        id: discountId,
        code: "HALF",
        type: "PERCENTAGE",
        value: new Prisma.Decimal(50),
        duration: "REPEATING",
        durationCycles: 2,
      },
    ]);
    await insertRows(executor, "DiscountRedemption", [
      { environmentId, id: newId(), discountId, customerId, subscriptionId: id },
    ]);
    const { renewals } = await preview(id, 5);
    // 1300 and 1000 at half, of which 1500 is paid by credit; then the full price.
    expect(renewals.map(({ amount }: any) => amount.amount)).toEqual([0, 0, 650, 1000, 1000]);
    expect(await billed(id)).toEqual([]);
  });

  it("is null for what there is not, and refused for a count out of range", async () => {
    expect(await preview(newId(), 3)).toBeNull();
    expect(await preview("nonsense", 3)).toBeNull();
    for (const count of [0, 25]) {
      // oxlint-disable-next-line no-await-in-loop
      const { errors } = await api.graphql(
        "query ($id: ID!, $count: Int!) { previewRenewals(subscriptionId: $id, count: $count) { currentPeriodEnd } }",
        { id: newId(), count },
      );
      expect(errors?.[0]?.extensions["code"]).toBe("INVALID_REQUEST");
    }
  });

  it("tells what the engine then bills, whatever the subscription", async () => {
    const wanted = fc.sample(subscriptions, { numRuns: 40, seed: 20_260_101 });
    const ids: string[] = [];
    for (const one of wanted) {
      // oxlint-disable-next-line no-await-in-loop
      ids.push(...(await subscribe(api, one)));
    }
    const told = [];
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop
      told.push((await preview(id, 12)).renewals);
    }
    await runAt(api.database, on("07-01"));
    let compared = 0;
    for (const [index, id] of ids.entries()) {
      const expected = told[index]
        .filter(({ date }: any) => new Date(date) <= on("07-01"))
        .map(({ period, amount }: any) => ({ ...period, amount: amount.amount }));
      // oxlint-disable-next-line no-await-in-loop
      const done = (await billed(id)).slice(0, 12);
      expect({ of: wanted[index], done }).toEqual({ of: wanted[index], done: expected });
      compared += expected.length;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

const subscriptions: fc.Arbitrary<Wanted> = fc
  .record({
    interval: fc.constantFrom("DAY", "WEEK", "MONTH", "MONTH", "YEAR"),
    intervalCount: fc.integer({ min: 1, max: 3 }),
    billingAnchorDay: fc.integer({ min: 1, max: 31 }),
    timezone: fc.constantFrom("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"),
    start: fc.integer({ min: 0, max: 58 }).map((days) => new Date(+on("01-01") + days * 86_400_000)),
    ends: fc.constantFrom("never", "never", "on a date", "after cycles", "at period end"),
    trial: fc.boolean(),
    payInAdvance: fc.constantFrom(true, true, false),
    amount: fc.integer({ min: 0, max: 100_000 }),
    quantity: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ start, ends, trial, payInAdvance, amount, quantity, ...cycle }) => {
    const { interval, intervalCount: count, timezone: zone, billingAnchorDay: anchorDay } = cycle;
    const anchor = anchorFor(start, { interval, anchorDay, zone } as never);
    const first = trial
      ? { start, end: new Date(+start + 9 * 86_400_000) }
      : firstPeriod({ interval, count, anchor, anchorDay, zone } as never, start);
    return {
      quantity,
      price: { unitAmount: new Prisma.Decimal(amount).div(7).toDecimalPlaces(6), payInAdvance },
      subscription: {
        ...cycle,
        startedAt: start,
        billingAnchor: anchor,
        currentPeriodStart: first.start,
        currentPeriodEnd: first.end,
        ...(trial && { status: "TRIALING", trialEnd: first.end, cyclesBilled: 0 }),
        ...(ends === "on a date" && {
          billingEndStrategy: "ON_DATE",
          billingEndsOn: new Date(+first.end + 40 * 86_400_000),
        }),
        ...(ends === "after cycles" && { billingEndStrategy: "AFTER_CYCLES", billingMaxCycles: 4 }),
        ...(ends === "at period end" && { cancelAtPeriodEnd: true }),
      },
    } as Wanted;
  });
