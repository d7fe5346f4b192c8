import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type UsageWindow, bucketsOf, mostBuckets } from "../../src/domains/usage/buckets.ts";

const span = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) });
const starts = (start: string, end: string, window: UsageWindow, zone: string) =>
  bucketsOf(span(start, end), window, zone)?.map((bucket) => bucket.start.toISOString().slice(0, 16));

describe("windows", () => {
  it("are cut to the span", () => {
    const buckets = bucketsOf(span("2026-01-01T10:20:00Z", "2026-01-01T12:10:00Z"), "HOUR", "UTC");
    expect(buckets).toEqual([
      span("2026-01-01T10:20:00Z", "2026-01-01T11:00:00Z"),
      span("2026-01-01T11:00:00Z", "2026-01-01T12:00:00Z"),
      span("2026-01-01T12:00:00Z", "2026-01-01T12:10:00Z"),
    ]);
  });

  it.each<[string, string, string, UsageWindow, string, string[]]>([
    [
      "days when clocks are put forward",
      "2026-03-28T23:00:00Z",
      "2026-03-30T22:00:00Z",
      "DAY",
      "Europe/Berlin",
      ["2026-03-28T23:00", "2026-03-29T22:00"],
    ],
    [
      "days when clocks are put back",
      "2026-10-24T22:00:00Z",
      "2026-10-26T23:00:00Z",
      "DAY",
      "Europe/Berlin",
      ["2026-10-24T22:00", "2026-10-25T23:00"],
    ],
    [
      "a day without midnight",
      "2026-09-05T12:00:00Z",
      "2026-09-07T12:00:00Z",
      "DAY",
      "America/Santiago",
      ["2026-09-05T12:00", "2026-09-06T04:00", "2026-09-07T03:00"],
    ],
    [
      "weeks from Monday on",
      "2026-01-01T00:00:00Z",
      "2026-01-13T00:00:00Z",
      "WEEK",
      "UTC",
      ["2026-01-01T00:00", "2026-01-05T00:00", "2026-01-12T00:00"],
    ],
    [
      "months of the calendar",
      "2026-01-31T12:00:00Z",
      "2026-04-01T00:00:00Z",
      "MONTH",
      "Asia/Kolkata",
      ["2026-01-31T12:00", "2026-01-31T18:30", "2026-02-28T18:30", "2026-03-31T18:30"],
    ],
    [
      "hours of a zone with half hours",
      "2026-01-01T00:00:00Z",
      "2026-01-01T02:00:00Z",
      "HOUR",
      "Asia/Kolkata",
      ["2026-01-01T00:00", "2026-01-01T00:30", "2026-01-01T01:30"],
    ],
    [
      "hours when clocks are put back by half an hour",
      "2026-04-04T14:00:00Z",
      "2026-04-04T17:30:00Z",
      "HOUR",
      "Australia/Lord_Howe",
      ["2026-04-04T14:00", "2026-04-04T15:30", "2026-04-04T16:30"],
    ],
    [
      "minutes",
      "2026-01-01T00:00:30Z",
      "2026-01-01T00:02:00Z",
      "MINUTE",
      "UTC",
      ["2026-01-01T00:00", "2026-01-01T00:01"],
    ],
  ])("are %s", (_what, start, end, window, zone, expected) => {
    expect(starts(start, end, window, zone)).toEqual(expected);
  });

  it("follow one another from start to end, whatever the zone", () => {
    const zones = [
      "UTC",
      "Europe/Berlin",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "Africa/Cairo",
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 1, max: 900 }),
        fc.constantFrom(...zones),
        fc.constantFrom<UsageWindow>("HOUR", "DAY", "WEEK", "MONTH"),
        (offset, hours, zone, window) => {
          const start = new Date(Date.UTC(2010, 0, 1) + offset * 3_599_999);
          const end = new Date(start.getTime() + hours * 3_600_001);
          const buckets = bucketsOf({ start, end }, window, zone) ?? [];
          expect(buckets[0]?.start).toEqual(start);
          expect(buckets.at(-1)?.end).toEqual(end);
          expect(buckets.every((bucket) => bucket.start < bucket.end)).toBe(true);
          expect(buckets.slice(1).map((bucket) => bucket.start)).toEqual(
            buckets.slice(0, -1).map((bucket) => bucket.end),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("are none when they would be too many", () => {
    const minutes = (count: number) =>
      bucketsOf({ start: new Date(0), end: new Date(count * 60_000) }, "MINUTE", "UTC");
    expect(minutes(mostBuckets)).toHaveLength(mostBuckets);
    expect(minutes(mostBuckets + 1)).toBeNull();
    expect(bucketsOf(span("0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"), "MINUTE", "UTC")).toBeNull();
  });
});
