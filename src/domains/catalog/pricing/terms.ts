import type { Decimal, Numeric } from "../../../kit/decimal.ts";

/** A step of a tiered price. */
export interface Tier {
  /** The last unit that belongs to it, with all of its fractions; null for the last tier. */
  readonly upTo: Numeric | null;
  readonly unitAmount?: Numeric | null | undefined;
  /** Charged once, as soon as the tier is entered. */
  readonly flatAmount?: Numeric | null | undefined;
}

export interface TieredTerms {
  /** GRADUATED: each tier prices the units in it. VOLUME: the tier that the quantity reaches prices all units. */
  readonly model: "GRADUATED" | "VOLUME";
  readonly tiers: readonly Tier[];
  /** Whether no units at all enter the first tier, and so are charged its flat amount. Yes, unless said otherwise. */
  readonly chargeFlatOnZero?: boolean | undefined;
}

export interface PackageTerms {
  readonly model: "PACKAGE";
  /** What a package costs. */
  readonly packageAmount: Numeric;
  readonly packageSize: Numeric;
  /** Whether a package that is begun counts. UP, unless said otherwise. */
  readonly round?: "UP" | "DOWN" | undefined;
  /** Units that are taken off before they are packed. */
  readonly freeUnits?: Numeric | undefined;
}

/** How a quantity becomes an amount. Amounts are in one unit of money throughout, usually the minor unit, and may be fractions of it. */
export type PriceTerms =
  | { readonly model: "FREE" }
  /** The same for any quantity. */
  | { readonly model: "FLAT"; readonly amount: Numeric }
  | { readonly model: "PER_UNIT"; readonly unitAmount: Numeric }
  | TieredTerms
  | PackageTerms
  /** The quantity is an amount of money. */
  | { readonly model: "PERCENTAGE"; readonly percentage: Numeric };

/** One step of how a price came about: `quantity × unitAmount + flatAmount = amount`, for the units after `from` up to `to`. */
export interface PricePart {
  readonly from: Decimal;
  /** Null without an end. */
  readonly to: Decimal | null;
  readonly quantity: Decimal;
  readonly unitAmount: Decimal;
  readonly flatAmount: Decimal;
  readonly amount: Decimal;
}
