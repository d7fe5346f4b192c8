import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priceLine, priceOf } from "../../src/domains/catalog/pricing/amount.ts";
import { tierFaults } from "../../src/domains/catalog/pricing/check-tiers.ts";
import { priceOfPart } from "../../src/domains/catalog/pricing/split-line.ts";
import type { PriceTerms, Tier } from "../../src/domains/catalog/pricing/terms.ts";
import { convertCounted, convertUnits } from "../../src/domains/catalog/pricing/units.ts";
import { type Decimal, decimal, roundToInteger, sum } from "../../src/kit/decimal.ts";
import { total } from "../../src/kit/money.ts";

/** Decimals with up to three digits after the point. */
const amount = fc.integer({ min: 0, max: 1_000_000 }).map((thousandths) => `${thousandths}e-3`);
const rate = fc.record({ unitAmount: amount, flatAmount: fc.option(amount) });
const tiers: fc.Arbitrary<Tier[]> = fc
  .tuple(fc.array(fc.tuple(fc.integer({ min: 1, max: 50_000 }), rate), { minLength: 1, maxLength: 8 }), rate)
  .map(([steps, last]) => {
    let end = 0;
    const bounded = steps.map(([width, one]) => ({ upTo: `${(end += width)}e-3`, ...one }));
    return [...bounded, { upTo: null, ...last }];
  });
const tiered = (model: "GRADUATED" | "VOLUME") =>
  fc.record({ model: fc.constant(model), tiers, chargeFlatOnZero: fc.boolean() });
const quantity = fc.integer({ min: 0, max: 500_000 }).map((thousandths) => `${thousandths}e-3`);
const terms: fc.Arbitrary<PriceTerms> = fc.oneof(
  tiered("GRADUATED"),
  tiered("VOLUME"),
  amount.map((unitAmount) => ({ model: "PER_UNIT" as const, unitAmount })),
  fc.record({
    model: fc.constant("PACKAGE" as const),
    packageAmount: amount,
    packageSize: fc.integer({ min: 1, max: 100 }),
    round: fc.constantFrom("UP" as const, "DOWN" as const),
  }),
);

describe("a graduated price", () => {
  test("never falls as the quantity grows", () => {
    fc.assert(
      fc.property(tiered("GRADUATED"), quantity, quantity, (price, one, other) => {
        const [less, more] = [one, other].toSorted((a, b) => decimal(a).cmp(decimal(b)));
        expect(priceOf(price, less ?? 0).amount.lte(priceOf(price, more ?? 0).amount)).toBe(true);
      }),
    );
  });

  test("counts every unit in exactly one tier", () => {
    fc.assert(
      fc.property(tiered("GRADUATED"), quantity, (price, units) => {
        const { parts } = priceOf(price, units);
        expect(sum(parts.map((part) => part.quantity)).eq(decimal(units))).toBe(true);
      }),
    );
  });
});

describe("any price", () => {
  test("is the sum of its parts, exactly and rounded", () => {
    fc.assert(
      fc.property(terms, quantity, (price, units) => {
        const { amount: exact, parts } = priceOf(price, units);
        for (const part of parts) {
          expect(part.quantity.times(part.unitAmount).plus(part.flatAmount).eq(part.amount)).toBe(true);
        }
        const line = priceLine(price, units);
        expect(line.amount).toBe(roundToInteger(exact));
        expect(total(line.breakdown.map((part) => part.amount))).toBe(line.amount);
      }),
    );
  });

  test("comes to the same when a period is billed in parts", () => {
    fc.assert(
      fc.property(terms, fc.array(quantity, { minLength: 1, maxLength: 6 }), (price, quantities) => {
        let before: Decimal = decimal(0);
        const parts = quantities.map((units, index) => {
          const part = priceOfPart({ terms: price, before, quantity: units, first: index === 0 });
          before = before.plus(decimal(units));
          return part;
        });
        expect(sum(parts).eq(priceOf(price, before).amount)).toBe(true);
      }),
    );
  });

  test("is refused for less than nothing", () => {
    expect(() => priceOf({ model: "PER_UNIT", unitAmount: 5 }, "-0.1")).toThrow(RangeError);
  });
});

test("tiers that ascend and end open are accepted, and no others", () => {
  fc.assert(
    fc.property(tiers, (good) => {
      expect(tierFaults(good, [])).toEqual([]);
      expect(tierFaults(good.slice(0, -1).concat(good.slice(0, 1)), ["tiers"])).not.toEqual([]);
      expect(tierFaults(good.with(0, { upTo: null, unitAmount: 1 }), ["tiers"])[0]?.path).toEqual([
        "tiers",
        "0",
        "upTo",
      ]);
    }),
  );
});

test("units that are converted in parts come to the running total, converted once", () => {
  const conversion = { operation: "DIVIDE", factor: 1000, rounding: "CEILING" } as const;
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { minLength: 1 }), (quantities) => {
      let before = 0;
      const parts = quantities.map((units) => {
        const { quantity: converted } = convertCounted(before, units, conversion);
        before += units;
        return converted;
      });
      expect(sum(parts).eq(convertUnits(before, conversion))).toBe(true);
    }),
  );
});
