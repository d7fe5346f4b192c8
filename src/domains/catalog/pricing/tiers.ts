import { Decimal, type Numeric, decimal } from "../../../kit/decimal.ts";
import type { PricePart, Tier, TieredTerms } from "./terms.ts";

interface Step {
  readonly from: Decimal;
  readonly to: Decimal | null;
  readonly unitAmount: Decimal;
  readonly flatAmount: Decimal;
}

/** Tiers with the bounds that each has: from (without it) the end of the one before up to (with it) its own. */
export function stepsOf(tiers: readonly Tier[]): Step[] {
  let from = new Decimal(0);
  return tiers.map(({ upTo, unitAmount, flatAmount }) => {
    const to = upTo === null ? null : decimal(upTo);
    const step = { from, to, unitAmount: decimal(unitAmount ?? 0), flatAmount: decimal(flatAmount ?? 0) };
    from = to ?? from;
    return step;
  });
}

/** What each tier adds to the price of `quantity`. Throws a RangeError when the tiers end before it. */
export function tierParts(terms: TieredTerms, quantity: Numeric): PricePart[] {
  const units = decimal(quantity);
  const steps = stepsOf(terms.tiers);
  const last = steps.at(-1);
  if (!last || last.to?.lt(units)) throw new RangeError(`no tier reaches ${units.toFixed()} units`);
  const entered = steps.filter(({ from }, index) =>
    index === 0 ? units.gt(0) || terms.chargeFlatOnZero !== false : units.gt(from),
  );
  const reached = terms.model === "VOLUME" ? entered.slice(-1) : entered;
  return reached.map((step) => {
    const counted = terms.model === "VOLUME" ? units : Decimal.min(units, step.to ?? units).minus(step.from);
    return partOf(step, counted);
  });
}

/** The tier that `quantity` reaches as a volume price sees it, with `priced` units charged in it: the part of them that was held for all of a period, say. */
export function volumePart(tiers: readonly Tier[], quantity: Numeric, priced: Numeric): PricePart | null {
  const [part] = tierParts({ model: "VOLUME", tiers }, quantity);
  return part ? partOf(part, decimal(priced)) : null;
}

function partOf(step: Step, quantity: Decimal): PricePart {
  return { ...step, quantity, amount: quantity.times(step.unitAmount).plus(step.flatAmount) };
}
