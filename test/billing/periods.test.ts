import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BillingCycle,
  anchorFor,
  boundary,
  firstPeriod,
  indexAt,
  nextPeriod,
  nthPeriod,
  periodAt,
  periodsIn,
  previousPeriod,
} from "../../src/kit/billing-cycle.ts";
import { nextAnchoredDate } from "../../src/kit/calendar.ts";
import { civilDate, civilTime } from "../../src/kit/civil-time.ts";
import { contains, daysIn, secondsIn } from "../../src/kit/period.ts";

const instant = fc.date({
  min: new Date("2024-01-01T00:00:00Z"),
  max: new Date("2032-01-01T00:00:00Z"),
  noInvalidDate: true,
});
const zone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
);
const cycle: fc.Arbitrary<BillingCycle> = fc.record({
  interval: fc.constantFrom("DAY" as const, "WEEK" as const, "MONTH" as const, "YEAR" as const),
  count: fc.integer({ min: 1, max: 6 }),
  anchor: instant,
  anchorDay: fc.option(fc.integer({ min: 1, max: 31 }), { nil: null }),
  zone,
});

describe("the periods of a cycle", () => {
  test("follow one another without gap or overlap", () => {
    fc.assert(
      fc.property(cycle, fc.integer({ min: -40, max: 40 }), (one, index) => {
        const period = nthPeriod(one, index);
        expect(period.start < period.end).toBe(true);
        expect(nextPeriod(one, period)).toEqual(nthPeriod(one, index + 1));
        expect(previousPeriod(one, period)).toEqual(nthPeriod(one, index - 1));
        expect([contains(period, period.start), contains(period, period.end)]).toEqual([true, false]);
        expect(indexAt(one, period.start)).toBe(index);
        expect(indexAt(one, new Date(period.end.getTime() - 1))).toBe(index);
      }),
    );
  });

  test("hold every instant, each in one of them", () => {
    fc.assert(
      fc.property(cycle, instant, (one, now) => {
        expect(contains(periodAt(one, now), now)).toBe(true);
      }),
    );
  });

  test("start on the anchor's day, or on the last of a month that lacks it", () => {
    fc.assert(
      fc.property(cycle, fc.integer({ min: -30, max: 30 }), (one, index) => {
        fc.pre(one.interval === "MONTH" || one.interval === "YEAR");
        const { day, daysInMonth } = civilDate(boundary(one, index), one.zone);
        const wanted = one.anchorDay ?? civilDate(one.anchor, one.zone).day;
        expect(day).toBe(Math.min(wanted, daysInMonth));
      }),
    );
  });

  test("start at the anchor's time of day, unless the clock skips it", () => {
    fc.assert(
      fc.property(cycle, fc.integer({ min: -30, max: 30 }), (one, index) => {
        const start = civilTime(boundary(one, index), one.zone);
        const anchor = civilTime(one.anchor, one.zone).toPlainTime();
        const skipped = start.startOfDay().hoursInDay < 24;
        expect(skipped || start.toPlainTime().equals(anchor)).toBe(true);
      }),
    );
  });

  test("cover what they are asked to, from its start to its end", () => {
    const span = fc.tuple(instant, fc.integer({ min: 1, max: 100 * 86_400_000 }));
    fc.assert(
      fc.property(cycle, span, (one, [start, length]) => {
        const end = new Date(start.getTime() + length);
        const periods = periodsIn(one, { start, end });
        expect([periods[0]?.start, periods.at(-1)?.end]).toEqual([start, end]);
        for (const [index, period] of periods.slice(1).entries()) {
          expect(period.start).toEqual(periods[index]?.end);
        }
      }),
    );
  });
});

describe("a subscription", () => {
  test("of the 31st comes back to the 31st", () => {
    const monthly = {
      interval: "MONTH",
      count: 1,
      anchor: new Date("2027-01-31T10:00:00Z"),
      zone: "UTC",
    } as const;
    let period = firstPeriod(monthly, monthly.anchor);
    const starts = Array.from({ length: 5 }, () => {
      const { start } = period;
      period = nextPeriod(monthly, period);
      return start.toISOString().slice(5, 10);
    });
    expect(starts).toEqual(["01-31", "02-28", "03-31", "04-30", "05-31"]);
  });

  test("of 29 February has its day in leap years only", () => {
    const yearly = {
      interval: "YEAR",
      count: 1,
      anchor: new Date("2028-02-29T00:00:00Z"),
      zone: "UTC",
    } as const;
    const days = [0, 1, 2, 3, 4].map((index) => boundary(yearly, index).toISOString().slice(0, 10));
    expect(days).toEqual(["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
  });

  test("that starts between its days has a short first period", () => {
    const start = new Date("2027-02-10T09:00:00Z");
    const rule = { interval: "MONTH", anchorDay: 31, zone: "UTC" } as const;
    const anchor = anchorFor(start, rule);
    const monthly = { ...rule, count: 1, anchor };
    expect(firstPeriod(monthly, start)).toEqual({ start, end: new Date("2027-02-28T09:00:00Z") });
    expect(boundary(monthly, 1)).toEqual(new Date("2027-03-31T09:00:00Z"));
  });

  test("that starts on its day has a whole one", () => {
    const start = new Date("2027-04-30T09:00:00Z");
    expect(anchorFor(start, { interval: "MONTH", anchorDay: 31, zone: "UTC" })).toEqual(start);
    expect(anchorFor(start, { interval: "WEEK", anchorDay: 3, zone: "UTC" })).toEqual(start);
  });

  test("has days of 23 and 25 hours where clocks change", () => {
    const daily = {
      interval: "DAY",
      count: 1,
      anchor: new Date("2027-01-01T23:00:00Z"),
      zone: "Europe/Berlin",
    } as const;
    const spring = periodAt(daily, new Date("2027-03-28T12:00:00Z"));
    const autumn = periodAt(daily, new Date("2027-10-31T12:00:00Z"));
    expect([spring, autumn].map((day) => secondsIn(day) / 3600)).toEqual([23, 25]);
    expect([spring, autumn].map((day) => daysIn(day, daily.zone))).toEqual([1, 1]);
  });
});

test("every second month from a start before the anchor ends on the anchor's next day, or counts from the start", () => {
  const rule = { unit: "MONTH", count: 2, anchor: new Date("2027-05-05T00:00:00Z"), zone: "UTC" } as const;
  const start = new Date("2027-04-20T00:00:00Z");
  expect(nextAnchoredDate(start, rule)).toEqual(new Date("2027-05-05T00:00:00Z"));
  expect(nextAnchoredDate(start, { ...rule, first: "COUNTED_FROM_START" })).toEqual(
    new Date("2027-06-05T00:00:00Z"),
  );
});
