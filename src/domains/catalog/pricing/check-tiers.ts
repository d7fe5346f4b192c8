import { Decimal, decimal } from "../../../kit/decimal.ts";
import type { Fault } from "../../../kit/refusal.ts";
import type { Tier } from "./terms.ts";

const fewest = 2;
const most = 50;

/**
 * What is wrong with tiers that a price is to have: 2 to 50 of them, in ascending order, so that there are neither gaps nor
 * overlaps, and only the last without an end. `path` leads to their list.
 */
export function tierFaults(tiers: readonly Tier[], path: readonly string[]): Fault[] {
  if (tiers.length < fewest || tiers.length > most) {
    return [{ code: "INVALID", message: `A tiered price has ${fewest} to ${most} tiers.`, path }];
  }
  let from = new Decimal(0);
  return tiers.flatMap(({ upTo, unitAmount, flatAmount }, index) => {
    const at = (field: string, message: string): Fault => ({
      code: "INVALID",
      message,
      path: [...path, String(index), field],
    });
    const faults: Fault[] = [];
    const last = index === tiers.length - 1;
    if (last && upTo !== null) faults.push(at("upTo", "The last tier has no end: leave upTo out."));
    if (!last && upTo === null) faults.push(at("upTo", "Only the last tier has no end."));
    if (upTo !== null) {
      const to = decimal(upTo);
      if (to.lte(from)) faults.push(at("upTo", `upTo has to be more than ${from.toFixed()}.`));
      from = Decimal.max(from, to);
    }
    if (unitAmount == null && flatAmount == null) {
      faults.push(at("unitAmount", "A tier needs a unit amount, a flat amount or both."));
    }
    if (decimal(unitAmount ?? 0).lt(0)) faults.push(at("unitAmount", "unitAmount is not negative."));
    if (decimal(flatAmount ?? 0).lt(0)) faults.push(at("flatAmount", "flatAmount is not negative."));
    return faults;
  });
}
