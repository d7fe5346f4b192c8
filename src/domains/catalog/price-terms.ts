import type { Row } from "../../db/datamodel.ts";
import type { PriceTerms, Tier } from "./pricing/terms.ts";

/** What of a price decides about amounts. */
export type PriceShape = Pick<
  Row<"Price">,
  | "pricingModel"
  | "billingScheme"
  | "unitAmount"
  | "tiersMode"
  | "tiers"
  | "packageSize"
  | "packageRounding"
  | "percentageBps"
  | "chargeFlatOnZero"
>;

/** How a price makes an amount, in minor units of its currency, of a quantity. What a customer chose to pay is priced by the unit. */
export function termsOf(price: PriceShape): PriceTerms {
  if (price.pricingModel === "FREE") return { model: "FREE" };
  switch (price.billingScheme) {
    case "PER_UNIT":
      return { model: "PER_UNIT", unitAmount: price.unitAmount };
    case "TIERED":
      return {
        model: price.tiersMode ?? "GRADUATED",
        tiers: tiersOf(price),
        chargeFlatOnZero: price.chargeFlatOnZero,
      };
    case "PACKAGE":
      return {
        model: "PACKAGE",
        packageAmount: price.unitAmount,
        packageSize: price.packageSize ?? 1,
        round: price.packageRounding ?? "UP",
      };
    case "PERCENTAGE":
      return { model: "PERCENTAGE", percentage: percentageOf(price.percentageBps ?? 0) };
  }
}

/** The tiers of a price; none where it has none. */
export function tiersOf({ tiers }: Pick<PriceShape, "tiers">): readonly Tier[] {
  return (tiers ?? []) as unknown as readonly Tier[];
}

/** Hundredths of a percent as a percentage. */
export function percentageOf(basisPoints: number): string {
  return `${basisPoints}e-2`;
}
