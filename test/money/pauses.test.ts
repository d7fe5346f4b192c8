import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const later = { payInAdvance: false };

const behaviors = ["VOID", "MARK_UNCOLLECTIBLE", "KEEP_AS_DRAFT"] as const;

describe.each(behaviors)("a pause with %s", (behavior) => {
  test("at the end of June bills June in arrears, and nothing after it", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-11");
    await shop.act("pauseSubscription", id, { atPeriodEnd: true, behavior });
    expect(await shop.costsAt("07-01", "08-01", "09-01")).toEqual([3000, 3000, 3000]);
    expect((await shop.state(id)).status).toBe("PAUSED");
  });

  test("at the end of June bills what June used", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-11");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.act("pauseSubscription", id, { atPeriodEnd: true, behavior });
    await shop.goTo("07-11");
    await shop.use({ at: "07-05", quantity: 500 });
    expect(await shop.costsAt("07-11", "08-01")).toEqual([400, 400]);
  });

  test("in the middle bills the time before and after it in arrears", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-16");
    await shop.act("pauseSubscription", id, { behavior });
    expect(await shop.costsAt("07-01", "07-16T12:00:00Z")).toEqual([1500, 1500]);
    await shop.act("resumeSubscription", id);
    // Half of June and half of July; then August.
    expect(await shop.costsAt("08-01", "09-01")).toEqual([3000, 6000]);
  });

  test("in the middle bills usage of the time before and after it", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-16");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.act("pauseSubscription", id, { behavior });
    await shop.goTo("06-21");
    await shop.use({ at: "06-18", quantity: 500 });
    await shop.act("resumeSubscription", id);
    await shop.goTo("06-26");
    await shop.use({ at: "06-25", quantity: 3 });
    expect(await shop.costsAt("07-01", "08-01")).toEqual([430, 430]);
  });

  test("in the middle changes nothing of what was paid in advance", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-16");
    await shop.act("pauseSubscription", id, { behavior, resumesAt: on("06-21") });
    expect(await shop.costsAt("06-30", "07-01")).toEqual([3000, 6000]);
  });
});

describe("paused on 21 June and canceled now with proration", () => {
  const paused = async (price: string): Promise<string> => {
    const id = await shop.sell([price]);
    await shop.goTo("06-16");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.goTo("06-21");
    await shop.act("pauseSubscription", id, { behavior: "VOID" });
    return id;
  };
  const cancel = (id: string, prorate = true) => shop.act("cancelSubscription", id, { mode: "NOW", prorate });

  test.each(["06-21", "06-26"])("on %s bills 20 days in arrears", async (day) => {
    const id = await paused(await shop.price(3000, later));
    await shop.goTo(day);
    await cancel(id);
    expect(await shop.costsAt(day, "08-01")).toEqual([2000, 2000]);
  });

  test.each(["06-21", "06-26"])("on %s bills what was used", async (day) => {
    const id = await paused(await shop.meteredPrice({ unitAmount: 10 as never }));
    await shop.goTo(day);
    await cancel(id);
    expect(await shop.costsAt(day, "08-01")).toEqual([400, 400]);
  });

  test.each([
    ["06-21", 2000],
    ["06-26", 2500],
  ])("on %s gives back the time in advance that is left: costs %i", async (day, costs) => {
    const id = await paused(await shop.price(3000));
    await shop.goTo(day);
    await cancel(id);
    expect(await shop.costs()).toBe(costs);
  });

  test("and without proration gives back nothing", async () => {
    const id = await paused(await shop.price(3000));
    await cancel(id, false);
    expect(await shop.costs()).toBe(3000);
  });

  test("in a period of which nothing was asked for gives back nothing", async () => {
    const id = await paused(await shop.price(3000));
    await shop.goTo("07-11");
    await cancel(id);
    expect(await shop.costsAt("07-11", "08-01")).toEqual([3000, 3000]);
  });
});

describe("a trial that is paused", () => {
  test.each([
    // Resumed in the trial it goes on, and ends on the 15th.
    ["06-10", "TRIALING", [3000, 3000, 6000]],
    // Resumed after it: the period from 15 June to 15 July is the pause's.
    ["06-25", "ACTIVE", [0, 0, 3000]],
  ])("and resumes by itself on %s is %s", async (resumesAt, status, costs) => {
    const id = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    await shop.goTo("06-05");
    await shop.act("pauseSubscription", id, { behavior: "VOID", resumesAt: on(resumesAt) });
    await shop.goTo(resumesAt);
    expect((await shop.state(id)).status).toBe(status);
    expect(await shop.costsAt("06-25", "06-26", "07-15")).toEqual(costs);
  });

  test("and resumes by itself in the trial is not billed for what it uses in it", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })], { trialDays: 14 });
    await shop.goTo("06-05");
    await shop.act("pauseSubscription", id, { behavior: "VOID", resumesAt: on("06-10") });
    await shop.goTo("06-13");
    await shop.use({ at: "06-03", quantity: 40 }, { at: "06-12", quantity: 50 });
    await shop.goTo("06-20");
    await shop.use({ at: "06-18", quantity: 3 });
    expect(await shop.costsAt("06-20", "07-15")).toEqual([0, 30]);
  });

  test.each(behaviors)("at its end, with %s, costs nothing from then on", async (behavior) => {
    const id = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    await shop.act("pauseSubscription", id, { atPeriodEnd: true, behavior });
    await shop.goTo("06-16");
    expect((await shop.state(id)).status).toBe("PAUSED");
    expect(await shop.costsAt("06-16", "07-16", "08-16")).toEqual([0, 0, 0]);
    await shop.act("resumeSubscription", id);
    expect((await shop.state(id)).status).toBe("ACTIVE");
    expect(await shop.costsAt("09-15")).toEqual([3000]);
  });
});

describe("a pause that is to come", () => {
  test("does not outlive a cancellation and a reactivation", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("pauseSubscription", id, { atPeriodEnd: true, resumesAt: on("09-01") });
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect(await shop.state(id)).toMatchObject({
      status: "ACTIVE",
      pauseAtPeriodEnd: false,
      resumesAt: null,
    });
    expect(await shop.costsAt("07-01", "08-01")).toEqual([6000, 9000]);
  });

  test("and one that has begun end with a cancellation, too", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("pauseSubscription", id, { behavior: "VOID", resumesAt: on("07-20") });
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect(await shop.costsAt("07-01", "08-01")).toEqual([6000, 9000]);
    expect((await shop.state(id)).status).toBe("ACTIVE");
  });
});
