import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const item = (id: string, quantity = "1") => ({ price: { id }, quantity });

/** Goes through phases from now on, and on alone after the last one unless said. */
const schedule = (phases: readonly object[], input: object = {}) =>
  shop.done("createSubscriptionSchedule", {
    customer: { id: shop.customerId },
    endBehavior: "RELEASE",
    phases,
    ...input,
  });

describe("a phase that starts at mid-June", () => {
  test.each([
    // Half a month at 3000 and half a month at 6000, and July at 6000.
    ["IMMEDIATE", [4500, 10_500]],
    ["NEXT_INVOICE", [3000, 10_500]],
    ["NONE", [3000, 9000]],
  ])("with %s costs as the same change would", async (prorationMode, costs) => {
    const [small, large] = [await shop.price(3000), await shop.price(6000)];
    await schedule([
      { items: [item(small)], endsAt: on("06-16") },
      { items: [item(large)], prorationMode },
    ]);
    expect(await shop.costsAt("06-17", "07-01")).toEqual(costs);
  });

  test("with another interval bills what was used in arrears until then, and begins a period", async () => {
    const monthly = await shop.price(3000, { payInAdvance: false });
    const yearly = await shop.price(30_000, { interval: "YEAR" });
    await schedule([{ items: [item(monthly)], endsAt: on("06-16") }, { items: [item(yearly)] }]);
    expect(await shop.costsAt("06-17", "07-02", "2027-06-16")).toEqual([31_500, 31_500, 61_500]);
  });

  test("with another interval gives back what was paid for, less what was discounted", async () => {
    const code = await shop.discount("HALF");
    const monthly = await shop.price(3000);
    const yearly = await shop.price(30_000, { interval: "YEAR" });
    await schedule([
      { items: [item(monthly)], endsAt: on("06-16"), discountCode: code },
      { items: [item(yearly)] },
    ]);
    // Half of June at half the price, and a year at half the price.
    expect(await shop.costsAt("06-17")).toEqual([15_750]);
  });

  test("with a discount takes it off what is new, and not off what goes back", async () => {
    const code = await shop.discount("HALF");
    const [small, large] = [await shop.price(3000), await shop.price(6000)];
    await schedule([
      { items: [item(small)], endsAt: on("06-16") },
      { items: [item(large)], discountCode: code },
    ]);
    // 1500 go back, and half a month at 6000 less half of it is 1500. July: 3000.
    expect(await shop.costsAt("06-17", "07-01")).toEqual([3000, 6000]);
  });

  test("with the same items costs nothing more", async () => {
    const small = await shop.price(3000);
    await schedule([{ items: [item(small)], endsAt: on("06-16") }, { items: [item(small)] }]);
    expect(await shop.costsAt("06-17", "07-01")).toEqual([3000, 6000]);
  });
});

describe("a schedule that ends with its last phase at mid-June", () => {
  test.each([
    [true, 1500],
    [false, 1500],
  ])("in advance %s costs %i", async (payInAdvance, costs) => {
    const price = await shop.price(3000, { payInAdvance });
    await schedule([{ items: [item(price)], endsAt: on("06-16") }], { endBehavior: "CANCEL" });
    expect(await shop.costsAt("06-17", "08-01")).toEqual([costs, costs]);
  });
});
