import { allocate } from "../../../src/kit/allocation.ts";
import { type RoundingMode, roundTo } from "../../../src/kit/decimal.ts";
import { majorUnits, toMinorUnits } from "../../../src/kit/money.ts";

/** What files call the ways to round. */
export const roundings: Readonly<Record<string, RoundingMode>> = {
  round: "HALF_AWAY_FROM_ZERO",
  half_up: "HALF_AWAY_FROM_ZERO",
  half_even: "HALF_EVEN",
  ceil: "CEILING",
  ceiling: "CEILING",
  floor: "FLOOR",
  up: "AWAY_FROM_ZERO",
  down: "TOWARDS_ZERO",
};

export const rounding = {
  "rounding.currency": ({ amount, currency }: { amount: string; currency: string }) => ({
    amount: majorUnits(toMinorUnits(amount, currency), currency),
  }),
  "allocation.split": ({ amount, weights }: { amount: string; weights: readonly string[] }) => ({
    parts: allocate(BigInt(amount), weights.map(BigInt)),
  }),
  "usage.round": (input: { function: string; precision: number; value: string }) => ({
    value: roundTo(input.value, input.precision, roundings[input.function]),
  }),
};
