import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Flag, type Start, type State, flags, starts } from "./flags.ts";
import { type Course, table } from "./state-table.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

/** Each period has one invoice, and none begins before the one before it has ended. */
async function billedOnce(id: string): Promise<void> {
  const cycles = new Set(["SUBSCRIPTION_CREATE", "SUBSCRIPTION_CYCLE"]);
  const periods = (await shop.all())
    .filter(({ subscription, billingReason }) => subscription?.id === id && cycles.has(billingReason))
    .map(({ period }) => period)
    .filter((period) => period !== null)
    .toSorted((one, other) => one.start.localeCompare(other.start));
  for (const [index, { start }] of periods.entries()) {
    const before = periods[index - 1];
    if (before) expect(before.end <= start, `${before.end} and ${start}`).toBe(true);
  }
}

/** Lets time go by, and gives what has come of it. */
async function courseOf(id: string, [first, second]: Start["looks"]): Promise<Course> {
  await shop.goTo(first);
  const { status: before } = await shop.state(id);
  await shop.goTo(second);
  const { status: after } = await shop.state(id);
  await billedOnce(id);
  return [before, after, await shop.costs()];
}

describe.each(Object.keys(starts) as State[])("%s", (state) => {
  const start: Start = starts[state];
  const { alone } = table[state];

  test(`alone goes ${alone.join(", ")}`, async () => {
    const id = await start.begin(shop);
    await shop.goTo(start.now);
    expect(await courseOf(id, start.looks)).toEqual(alone);
  });

  test.each(Object.keys(flags) as Flag[])("with %s", async (flag) => {
    const id = await start.begin(shop);
    await shop.goTo(start.now);
    const outcome = table[state][flag];
    const [name, input] = flags[flag](start);
    const sent = { subscriptionId: id, ...input };
    if (outcome === "refused") await shop.refused(name, sent);
    else if (outcome) await shop.done(name, sent);
    else await shop.attempt(name, sent);
    const expected = outcome === undefined || outcome === "refused" ? alone : outcome;
    const course = await courseOf(id, start.looks);
    // What asks for the end of what nobody paid for may call it by either name.
    const named = (text: string): string =>
      state === "PENDING" && flag === "cancel at end" && text === "CANCELED" ? "EXPIRED" : text;
    expect([named(course[0]), named(course[1]), course[2]]).toEqual(expected);
  });
});

describe("two at one instant", () => {
  const active = async (...calls: readonly (readonly [string, object])[]): Promise<Course> => {
    const id = await starts.ACTIVE.begin(shop);
    await shop.goTo("06-11");
    for (const [name, input] of calls) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.act(name, id, { ...input });
    }
    return courseOf(id, ["07-02", "08-05"]);
  };
  const pauseAtEnd = ["pauseSubscription", { behavior: "VOID", atPeriodEnd: true }] as const;

  test("a pause and a cancellation at the end of the period: it is canceled", async () => {
    expect(await active(pauseAtEnd, ["cancelSubscription", { mode: "PERIOD_END" }])).toEqual([
      "CANCELED",
      "CANCELED",
      3000,
    ]);
  });

  test("a pause at the end of the period and of the term: it is over", async () => {
    const term = ["updateSubscription", { billingEndsOn: on("07-01") }] as const;
    expect(await active(pauseAtEnd, term)).toEqual(["EXPIRED", "EXPIRED", 3000]);
  });

  test("a pause that ends with the period: the next one is billed", async () => {
    const pause = ["pauseSubscription", { behavior: "VOID", resumesAt: on("07-01") }] as const;
    expect(await active(pause)).toEqual(["ACTIVE", "ACTIVE", 9000]);
  });

  test("a pause of one whole period: the one after it is billed", async () => {
    const pause = ["pauseSubscription", { behavior: "VOID", atPeriodEnd: true, resumesAt: on("08-01") }];
    expect(await active(pause as [string, object])).toEqual(["PAUSED", "ACTIVE", 6000]);
  });

  test("a cancellation at the date on which the period ends: nothing is given back", async () => {
    const cancel = ["cancelSubscription", { mode: "AT_DATE", cancelAt: on("07-01") }] as const;
    expect(await active(cancel)).toEqual(["CANCELED", "CANCELED", 3000]);
  });

  test("a pause at the end of the period, and a cancellation within the next one", async () => {
    const cancel = ["cancelSubscription", { mode: "AT_DATE", cancelAt: on("07-16T12:00:00Z") }] as const;
    expect(await active(pauseAtEnd, cancel)).toEqual(["PAUSED", "CANCELED", 3000]);
  });

  test("a number of periods and a pause in the last one: it ends with it", async () => {
    const cycles = ["updateSubscription", { billingMaxCycles: 2 }] as const;
    expect(await active(cycles)).toEqual(["ACTIVE", "EXPIRED", 6000]);
  });

  test("a cancellation at the end of a trial: nothing is billed", async () => {
    const id = await starts.TRIALING.begin(shop);
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("06-15") });
    expect(await courseOf(id, starts.TRIALING.looks)).toEqual(["CANCELED", "CANCELED", 0]);
  });
});

describe("a payment and a flag", () => {
  test("a pause that is to come does not stop the clock of what gets past due meanwhile", async () => {
    await shop.done("updateBillingSettings", { dunningRetryDays: [60], dunningGraceDays: 0 });
    const id = await starts.ACTIVE.begin(shop);
    await shop.goTo("06-11");
    await shop.act("pauseSubscription", id, { behavior: "VOID", atPeriodEnd: true });
    await shop.cardWill("decline");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect((await shop.state(id)).status).toBe("PAST_DUE");
    const [first, second] = await courseOf(id, ["07-02", "08-05"]);
    expect(["PAST_DUE", "PAUSED"]).toContain(first);
    expect(["PAST_DUE", "PAUSED"]).toContain(second);
  });

  test.each([
    ["cancel at end", "CANCELED", 6000],
    ["term ends beyond", "EXPIRED", 7500],
  ] as const)("UNPAID, with %s, that is paid in time ends all the same", async (flag, status, costs) => {
    const id = await starts.UNPAID.begin(shop);
    await shop.goTo("07-11");
    const [name, input] = flags[flag](starts.UNPAID);
    await shop.act(name, id, input);
    await shop.goTo("07-20");
    await shop.cardWill("succeed");
    await shop.pay((await shop.open())[0]?.id ?? "");
    expect((await shop.state(id)).status).toBe("ACTIVE");
    const [, after, cost] = await courseOf(id, starts.UNPAID.looks);
    expect([after, cost]).toEqual([status, costs]);
  });

  test("a retry that fails again changes the version only with an event", async () => {
    const id = await starts.UNPAID.begin(shop);
    const seen = async (): Promise<number> => (await shop.state(id)).version - (await shop.events()).length;
    const marks: number[] = [];
    for (const day of ["07-01", "07-02", "07-04", "07-07"]) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo(day);
      // oxlint-disable-next-line no-await-in-loop
      marks.push(await seen());
    }
    // As many events as versions from the first decline on.
    expect(new Set(marks)).toEqual(new Set(marks.slice(0, 1)));
  });
});
