import { describe, expect, test } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import {
  type RatedItem,
  type RatedLine,
  always,
  owedInAdvance,
  owedInArrears,
  stateSpans,
} from "../../src/domains/subscriptions/index.ts";
import type { Period } from "../../src/kit/period.ts";
import type { TimeBasis } from "../../src/kit/time-share.ts";

const price: RatedItem["price"] = {
  environmentId: "e",
  id: "price",
  productId: "product",
  meterId: null,
  type: "RECURRING",
  pricingModel: "FIXED",
  currency: "USD",
  unitAmount: new Prisma.Decimal(1000),
  interval: "MONTH",
  intervalCount: 1,
  trialPeriodDays: 0,
  billingScheme: "PER_UNIT",
  tiersMode: null,
  tiers: null,
  packageSize: null,
  packageRounding: null,
  percentageBps: null,
  minimumAmount: null,
  maximumAmount: null,
  suggestedAmount: null,
  presetAmounts: [],
  spendingMinimum: null,
  chargeFlatOnZero: true,
  payInAdvance: true,
  usageFilter: null,
  filterPriority: 0,
  billZeroUsage: true,
  startRule: "IMMEDIATE",
  name: null,
  nickname: null,
  description: null,
  version: 1,
  lookupKey: null,
  active: true,
  metadata: {},
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

const item = (change: Partial<RatedItem["price"]> = {}, rest: Partial<RatedItem> = {}): RatedItem => ({
  id: "item",
  description: null,
  quantity: "3",
  unitAmount: null,
  productName: "Seats",
  price: { ...price, ...change },
  ...rest,
});

const june = { start: new Date("2026-06-01T00:00:00Z"), end: new Date("2026-07-01T00:00:00Z") };
const lastTenDays = { start: new Date("2026-06-21T00:00:00Z"), end: june.end };

interface Options {
  readonly timing: "IN_ADVANCE" | "IN_ARREARS";
  readonly whole?: Period;
  readonly first?: boolean;
  readonly basis?: TimeBasis;
}

const inAdvance: Options = { timing: "IN_ADVANCE" };
const inArrears: Options = { timing: "IN_ARREARS" };

/** What items owe for a period, as the engine bills it. */
function rateItems(
  items: readonly RatedItem[],
  period: Period,
  { timing, whole = period, first = false, basis = { unit: "SECOND" } }: Options,
): RatedLine[] {
  const billed = { period, whole, uncut: { start: period.start, end: whole.end }, first };
  if (timing === "IN_ADVANCE") {
    const named = items.map((one, index) => ({ ...one, id: `${one.id}${index || ""}` }));
    return [...owedInAdvance(named, period, { billed, basis, discounts: [] }).values()].map(
      ({ line }) => line,
    );
  }
  const histories = items.map((one) => ({
    id: one.id ?? "",
    description: one.description,
    timeline: always({ priceId: one.price.id, quantity: one.quantity, unitAmount: one.unitAmount }),
    rated: () => one,
  }));
  const states = stateSpans([], { state: "ACTIVE", pauseBehavior: null });
  return owedInArrears(histories, period, { billed, basis, states, condition: () => true, ledger: [] });
}

const amounts = (lines: readonly RatedLine[]) => lines.map(({ amount }) => amount);

describe("the lines of a period", () => {
  test("say what was billed, of what and for when", () => {
    const [line] = rateItems([item()], june, inAdvance);
    expect(line).toMatchObject({
      kind: "ITEM",
      description: "Seats",
      amount: 3000n,
      breakdown: null,
      productId: "product",
      priceId: "price",
      subscriptionItemId: "item",
      period: june,
    });
    expect([line?.quantity.toFixed(), line?.unitAmount.toFixed()]).toEqual(["3", "1000"]);
  });

  test("are those of prices in advance as a period begins, of the others as it ends, and none of meters", () => {
    const items = [item(), item({ payInAdvance: false }), item({ meterId: "meter" })];
    expect(rateItems(items, june, inAdvance)).toHaveLength(1);
    expect(amounts(rateItems(items, june, inArrears))).toEqual([3000n]);
  });

  test("explain tiers and packages", () => {
    const tiers = [
      { upTo: "2", unitAmount: "1000", flatAmount: "0" },
      { upTo: null, unitAmount: "500", flatAmount: "0" },
    ];
    const tiered = item({ billingScheme: "TIERED", tiersMode: "GRADUATED", tiers });
    // 2 × 1000 + 1 × 500
    const [line] = rateItems([tiered], june, inAdvance);
    expect(line?.amount).toBe(2500n);
    expect(line?.breakdown?.map(({ amount }) => amount)).toEqual([2000n, 500n]);
    expect(line?.unitAmount.toFixed()).toBe("833.333333333333");
  });

  test("come to the spending minimum at least, and to nothing where nothing is charged", () => {
    expect(amounts(rateItems([item({ spendingMinimum: 5000n })], june, inAdvance))).toEqual([5000n]);
    expect(amounts(rateItems([item({ pricingModel: "FREE" })], june, inAdvance))).toEqual([0n]);
    const chosen = item({ pricingModel: "PAY_WHAT_YOU_WANT" }, { unitAmount: "700" });
    expect(amounts(rateItems([chosen], june, inAdvance))).toEqual([2100n]);
  });

  test("are rounded once, half a minor unit away from zero", () => {
    const half = item({ unitAmount: new Prisma.Decimal("0.5") });
    expect(amounts(rateItems([half], june, inAdvance))).toEqual([2n]);
  });
});

describe("a part of a period", () => {
  test("costs that part, by time or by days", () => {
    // 10 of 30 days of 3000
    expect(amounts(rateItems([item()], lastTenDays, { ...inAdvance, whole: june }))).toEqual([1000n]);
    const started = { start: new Date("2026-06-21T12:00:00Z"), end: june.end };
    // 9.5 of 30 days by time, and 10 of 30 by days: the day that it starts on counts.
    expect(amounts(rateItems([item()], started, { ...inAdvance, whole: june }))).toEqual([950n]);
    const byDay = { ...inAdvance, whole: june, basis: { unit: "DAY", zone: "UTC" } } as const;
    expect(amounts(rateItems([item()], started, byDay))).toEqual([1000n]);
  });

  test.each([
    ["IMMEDIATE", "3000"],
    ["PRORATE", "1000"],
    ["NEXT_ANCHOR", ""],
  ] as const)('costs, when it is the first and the price starts %s, "%s"', (startRule, expected) => {
    const lines = rateItems([item({ startRule })], lastTenDays, { ...inAdvance, whole: june, first: true });
    expect(amounts(lines).join()).toBe(expected);
  });
});
