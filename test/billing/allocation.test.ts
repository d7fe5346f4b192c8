import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate, roundParts, settleRemainder, splitEvenly } from "../../src/kit/allocation.ts";
import {
  type RoundingMode,
  decimal,
  roundTo,
  roundToInteger,
  roundingModes,
  sum,
} from "../../src/kit/decimal.ts";
import { total } from "../../src/kit/money.ts";

const whole = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1, maxLength: 20 })
  .filter((all) => total(all) > 0n);

describe("an allocation", () => {
  test("adds up, and no part is a whole unit off its exact share", () => {
    fc.assert(
      fc.property(whole, weights, (amount, shares) => {
        const parts = allocate(amount, shares);
        expect(total(parts)).toBe(amount);
        const all = total(shares);
        for (const [index, part] of parts.entries()) {
          const off = part * all - amount * (shares[index] ?? 0n);
          expect(off < all && off > -all).toBe(true);
        }
      }),
    );
  });

  test("of as much as the weights come to gives each its weight, and of less none more", () => {
    fc.assert(
      fc.property(weights, fc.bigInt({ min: 0n, max: 100n }), (shares, cut) => {
        expect(allocate(total(shares), shares)).toEqual(shares);
        const less = (total(shares) * cut) / 100n;
        expect(allocate(less, shares).every((part, index) => part <= (shares[index] ?? 0n))).toBe(true);
      }),
    );
  });

  test("of something over nothing is refused", () => {
    expect(() => allocate(1n, [0n, 0n])).toThrow(RangeError);
    expect(() => allocate(1n, [2n, -1n])).toThrow(RangeError);
    expect(allocate(0n, [0n, 0n])).toEqual([0n, 0n]);
  });

  test("in even parts gives the larger ones first", () => {
    expect(splitEvenly(8n, 3)).toEqual([3n, 3n, 2n]);
    expect(splitEvenly(-8n, 3)).toEqual([-3n, -3n, -2n]);
  });
});

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, scale]) => `${digits}e-${scale}`);

describe("rounding", () => {
  test("of parts adds up to the rounded whole", () => {
    fc.assert(
      fc.property(fc.array(decimals), (parts) => {
        const rounded = roundParts(parts);
        expect(total(rounded)).toBe(roundToInteger(sum(parts)));
        for (const [index, part] of parts.entries()) {
          expect(
            decimal(rounded[index] ?? 0n)
              .minus(decimal(part))
              .abs()
              .lte(1),
          ).toBe(true);
        }
      }),
    );
  });

  test("leaves a remainder to the largest, then to the next", () => {
    expect(settleRemainder([3n, 3n, 3n], 11n, [10n, -30n, 20n])).toEqual([3n, 4n, 4n]);
    expect(settleRemainder([3n, 3n, 3n], 8n, [10n, -30n, 20n])).toEqual([3n, 2n, 3n]);
    expect(() => settleRemainder([], 1n, [])).toThrow(RangeError);
  });

  test("treats halves as its mode says, on both sides of zero", () => {
    const of = (mode: RoundingMode) => ["2.5", "-2.5"].map((value) => Number(roundToInteger(value, mode)));
    const results = Object.keys(roundingModes).map((mode) => [mode, of(mode as RoundingMode)]);
    expect(Object.fromEntries(results)).toEqual({
      HALF_AWAY_FROM_ZERO: [3, -3],
      HALF_TOWARDS_ZERO: [2, -2],
      HALF_EVEN: [2, -2],
      AWAY_FROM_ZERO: [3, -3],
      TOWARDS_ZERO: [2, -2],
      CEILING: [3, -2],
      FLOOR: [2, -3],
    });
    expect(roundTo("-1250", -2).toFixed()).toBe("-1300");
  });

  test("refuses floats and what is no number", () => {
    for (const value of [0.1, Number.NaN, 2 ** 60, "1,5", "", "0x10", "Infinity"]) {
      expect(() => decimal(value)).toThrow(RangeError);
    }
    expect(decimal(12).toFixed()).toBe("12");
  });
});
