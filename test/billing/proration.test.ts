import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rateSpan } from "../../src/domains/subscriptions/index.ts";
import { sum } from "../../src/kit/decimal.ts";
import { total } from "../../src/kit/money.ts";
import type { Period } from "../../src/kit/period.ts";
import { type ServiceTime, type TimeBasis, timeShare } from "../../src/kit/time-share.ts";
import { itemAt, paidLine, settle } from "../cases/kinds/settling.ts";

interface Change {
  readonly period: Period;
  readonly at: Date;
  readonly basis?: TimeBasis;
}

/** What an item at `worth` is billed for a part of a period. */
function prorate(
  worth: bigint,
  { period: whole, service, basis: unit = { unit: "SECOND" } }: ServiceTime,
): bigint {
  if (!service || service.start >= service.end) return 0n;
  const billed = { period: service, whole, uncut: { start: service.start, end: whole.end }, first: false };
  return rateSpan(itemAt(worth), service, { billed, basis: unit })?.amount ?? 0n;
}

/** What a change from `before` to `after` gives back and charges. */
function prorateChange(
  { period: whole, at, basis: unit = { unit: "SECOND" } }: Change,
  before: bigint | null,
  after: bigint | null,
  creditable = before ?? 0n,
) {
  const worth = before ?? 0n;
  const line = paidLine(worth, whole, { discount: worth > creditable ? worth - creditable : 0n });
  return settle({
    period: whole,
    at,
    basis: unit,
    before: before === null ? null : itemAt(before),
    after: after === null ? null : itemAt(after, 1n, { id: "another" }),
    ledger: before === null ? [] : [line],
  });
}

const creditFrom = (worth: bigint, change: Change, creditable = worth) =>
  prorateChange(change, worth, null, creditable).credit;
const chargeFrom = (worth: bigint, change: Change) => prorateChange(change, null, worth).charge;

const instant = fc.date({
  min: new Date("2026-01-01T00:00:00Z"),
  max: new Date("2030-01-01T00:00:00Z"),
  noInvalidDate: true,
});
/** Periods of at least two days, so that they have days to count. */
const period = fc
  .tuple(instant, fc.integer({ min: 2 * 86_400, max: 400 * 86_400 }))
  .map(([start, seconds]) => ({ start, end: new Date(start.getTime() + seconds * 1000) }));
const basis: fc.Arbitrary<TimeBasis> = fc.constantFrom(
  { unit: "SECOND" },
  { unit: "DAY", zone: "UTC" },
  { unit: "DAY", zone: "America/New_York" },
  { unit: "DAY", zone: "Pacific/Apia" },
);
const amount = fc.bigInt({ min: 0n, max: 100_000_000n });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const within = ({ start, end }: { start: Date; end: Date }, part: number) =>
  new Date(start.getTime() + Math.round((end.getTime() - start.getTime()) * part));

describe("a period that is split", () => {
  test("is worth its parts: exactly, and within half a minor unit for each when they are rounded", () => {
    fc.assert(
      fc.property(period, basis, amount, fc.array(share, { maxLength: 6 }), (whole, unit, worth, cuts) => {
        const at = [0, ...cuts, 1].toSorted((a, b) => a - b).map((cut) => within(whole, cut));
        const parts = at.slice(1).map((end, index) => ({ start: at[index] ?? end, end }));
        const times = parts.map((service) => ({ period: whole, service, basis: unit }));
        const off = sum(times.map((time) => timeShare(worth, time)))
          .minus(worth.toString())
          .abs();
        expect(off.lt("1e-30")).toBe(true);
        const rounded = total(times.map((time) => prorate(worth, time)));
        const difference = rounded > worth ? rounded - worth : worth - rounded;
        expect(2n * difference <= BigInt(parts.length)).toBe(true);
      }),
    );
  });
});

describe("a share of no days", () => {
  const days: TimeBasis = { unit: "DAY", zone: "UTC" };
  const hours = { start: new Date("2027-02-28T09:00:00Z"), end: new Date("2027-02-28T17:00:00Z") };

  test("is nothing, by whole days, of what has none", () => {
    expect(timeShare(3000, { period: hours, service: hours, basis: days }).toFixed()).toBe("0");
    expect(timeShare(3000, { period: hours, service: hours }).toFixed()).toBe("3000");
    const change = { period: hours, at: new Date("2027-02-28T12:00:00Z"), basis: days };
    expect(prorateChange(change, 10n, 30n)).toEqual({ credit: 0n, charge: 0n });
  });

  test("of any period, however short, is never more than all of it, and never fails", () => {
    const short = fc
      .tuple(instant, fc.integer({ min: 1, max: 2 * 86_400_000 }))
      .map(([start, length]) => ({ start, end: new Date(start.getTime() + length) }));
    fc.assert(
      fc.property(short, basis, amount, share, share, (whole, unit, worth, one, other) => {
        const [from = 0, to = 0] = [one, other].toSorted((a, b) => a - b);
        const service = { start: within(whole, from), end: within(whole, to) };
        const part = timeShare(worth, { period: whole, service, basis: unit });
        expect(part.gte(0) && part.lte(worth.toString())).toBe(true);
      }),
    );
  });
});

describe("a change", () => {
  test("gives back no more than is left to give back, and nothing negative", () => {
    fc.assert(
      fc.property(period, basis, share, amount, amount, (whole, unit, part, worth, creditable) => {
        const credit = creditFrom(worth, { period: whole, at: within(whole, part), basis: unit }, creditable);
        expect(credit >= 0n && credit <= worth && credit <= creditable).toBe(true);
      }),
    );
  });

  test("from something to the same thing costs at most half of a minor unit's rounding", () => {
    fc.assert(
      fc.property(period, basis, share, amount, (whole, unit, part, worth) => {
        const change = { period: whole, at: within(whole, part), basis: unit };
        const { credit, charge } = prorateChange(change, worth, worth);
        expect(charge - credit === 0n || charge - credit === 1n).toBe(true);
      }),
    );
  });

  test("the part that was used and the credit come to exactly the amount", () => {
    fc.assert(
      fc.property(period, basis, share, amount, (whole, unit, part, worth) => {
        const at = within(whole, part);
        const used = prorate(worth, { period: whole, service: { start: whole.start, end: at }, basis: unit });
        expect(used + creditFrom(worth, { period: whole, at, basis: unit })).toBe(worth);
      }),
    );
  });

  test("at the start is all, and from the end on nothing", () => {
    const whole = { start: new Date("2027-02-01T00:00:00Z"), end: new Date("2027-03-01T00:00:00Z") };
    expect(chargeFrom(2800n, { period: whole, at: whole.start })).toBe(2800n);
    expect(chargeFrom(2800n, { period: whole, at: whole.end })).toBe(0n);
    expect(creditFrom(2800n, { period: whole, at: new Date("2027-04-01T00:00:00Z") })).toBe(0n);
  });
});
