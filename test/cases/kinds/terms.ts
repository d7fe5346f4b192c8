import type { PriceTerms, Tier } from "../../../src/domains/catalog/pricing/terms.ts";

/** A price as files write it. */
export interface PriceInput {
  model: string;
  unit?: string;
  amount?: string;
  rate_percent?: string;
  package_amount?: string;
  package_size?: string;
  round?: string;
  free_units?: string;
  tiers?: TierInput[];
}

export interface TierInput {
  up_to: string | null;
  unit?: string;
  flat?: string;
}

export function tiersOf(tiers: readonly TierInput[] = []): Tier[] {
  return tiers.map(({ up_to, unit, flat }) => ({ upTo: up_to, unitAmount: unit, flatAmount: flat }));
}

/** Where a file does not say that the first tier's flat amount is charged on nothing, it means that it is not. */
export function termsOf(price: PriceInput, chargeFlatOnZero = false): PriceTerms {
  switch (price.model) {
    case "unit":
    case "per_unit":
      return { model: "PER_UNIT", unitAmount: price.unit ?? "" };
    case "flat":
      return { model: "FLAT", amount: price.amount ?? "" };
    case "percentage":
      return { model: "PERCENTAGE", percentage: price.rate_percent ?? "" };
    case "package":
      return {
        model: "PACKAGE",
        packageAmount: price.package_amount ?? "",
        packageSize: price.package_size ?? "",
        round: price.round === "down" ? "DOWN" : "UP",
        freeUnits: price.free_units ?? 0,
      };
    case "graduated":
    case "volume":
      return {
        model: price.model === "volume" ? "VOLUME" : "GRADUATED",
        tiers: tiersOf(price.tiers),
        chargeFlatOnZero,
      };
    default:
      throw new RangeError(`unknown price model ${price.model}`);
  }
}
