import { Decimal, type Numeric, decimal, sum } from "../../../kit/decimal.ts";
import type { Tier } from "./terms.ts";
import { stepsOf } from "./tiers.ts";

/** Units that were added or, if negative, given up at one moment of a period. */
export interface UnitChange {
  readonly units: Numeric;
  /** The same weighted by the share of the period for which they hold. */
  readonly proratedUnits: Numeric;
}

/**
 * Graduated tiers for units that come and go within a period: how many units there are says which tiers a change falls into,
 * and the prorated units are what is charged there. Every tier that was ever entered is charged its flat amount, the first one always.
 * Units below zero fall into the first tier; the whole is not negative. Not rounded.
 */
export function proratedGraduatedAmount(tiers: readonly Tier[], changes: readonly UnitChange[]): Decimal {
  const steps = stepsOf(tiers);
  let held = new Decimal(0);
  let peak = held;
  let amount = new Decimal(0);
  for (const { units, proratedUnits } of changes) {
    const before = held;
    held = held.plus(decimal(units));
    peak = Decimal.max(peak, held);
    if (before.eq(held)) continue;
    const share = decimal(proratedUnits).div(held.minus(before));
    const price = steps.map(({ from, to, unitAmount }, index) => {
      const lower = index === 0 ? null : from;
      return clamp(held, lower, to)
        .minus(clamp(before, lower, to))
        .times(unitAmount);
    });
    amount = amount.plus(sum(price).times(share));
  }
  const entered = steps.filter(({ from }, index) => index === 0 || peak.gt(from));
  return Decimal.max(amount.plus(sum(entered.map(({ flatAmount }) => flatAmount))), 0);
}

function clamp(value: Decimal, from: Decimal | null, to: Decimal | null): Decimal {
  const below = to ? Decimal.min(value, to) : value;
  return from ? Decimal.max(below, from) : below;
}
