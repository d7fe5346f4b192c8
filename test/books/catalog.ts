import { Rational, least, most, zero } from "./rational.ts";

/** What is sold in the shops of this test. Amounts are minor units. */
export interface PriceDefinition {
  readonly product: "A" | "B" | "C";
  readonly interval: "WEEK" | "MONTH" | "YEAR";
  readonly count?: number;
  readonly payInAdvance: boolean;
  readonly metered?: boolean;
  readonly scheme?: "PER_UNIT" | "GRADUATED" | "VOLUME" | "PACKAGE" | "CHOSEN";
  readonly unitAmount?: string;
  readonly packageSize?: number;
  readonly tiers?: readonly { readonly upTo?: number; readonly unit: string; readonly flat?: string }[];
  readonly minimum?: number;
  readonly startRule?: "IMMEDIATE" | "PRORATE" | "NEXT_ANCHOR";
}

const month = { interval: "MONTH", payInAdvance: true } as const;
const arrears = { interval: "MONTH", payInAdvance: false } as const;
const tiers = [{ upTo: 2, unit: "1500" }, { upTo: 5, unit: "1000", flat: "600" }, { unit: "500" }];

/** All prices by their key, which is their lookup key as well. */
export const prices = {
  a30: { ...month, product: "A", unitAmount: "3000" },
  a60: { ...month, product: "A", unitAmount: "6000" },
  b100: { ...month, product: "B", unitAmount: "10000" },
  b0: { ...month, product: "B", unitAmount: "0" },
  part: { ...month, product: "A", unitAmount: "3100", startRule: "PRORATE" },
  later: { ...month, product: "B", unitAmount: "2400", startRule: "NEXT_ANCHOR" },
  graduated: { ...month, product: "A", scheme: "GRADUATED", tiers },
  volume: { ...month, product: "B", scheme: "VOLUME", tiers },
  package: { ...month, product: "A", scheme: "PACKAGE", unitAmount: "1000", packageSize: 3 },
  least: { ...month, product: "B", unitAmount: "5", minimum: 3000 },
  chosen: { ...month, product: "A", scheme: "CHOSEN", unitAmount: "1500" },
  fraction: { ...month, product: "A", unitAmount: "33.35" },
  r30: { ...arrears, product: "A", unitAmount: "3000" },
  r60: { ...arrears, product: "B", unitAmount: "6000" },
  rpart: { ...arrears, product: "A", unitAmount: "3100", startRule: "PRORATE" },
  rtiers: { ...arrears, product: "B", scheme: "GRADUATED", tiers },
  u2: { ...arrears, product: "C", metered: true, unitAmount: "2" },
  u5: { ...arrears, product: "C", metered: true, unitAmount: "5" },
  utiers: {
    ...arrears,
    product: "C",
    metered: true,
    scheme: "GRADUATED",
    tiers: [{ upTo: 100, unit: "0" }, { upTo: 500, unit: "3" }, { unit: "1" }],
  },
  uleast: { ...arrears, product: "C", metered: true, unitAmount: "1", minimum: 3000 },
  q90: { ...month, product: "A", count: 3, unitAmount: "9000" },
  y120: { product: "B", interval: "YEAR", payInAdvance: true, unitAmount: "120000" },
  y60: { product: "A", interval: "YEAR", payInAdvance: false, unitAmount: "60000" },
  w10: { product: "A", interval: "WEEK", payInAdvance: true, unitAmount: "1000" },
  wr14: { product: "B", interval: "WEEK", payInAdvance: false, unitAmount: "1400" },
} as const satisfies Record<string, PriceDefinition>;

export type PriceKey = keyof typeof prices;
export const priceOf = (key: PriceKey): PriceDefinition => prices[key];
export const priceKeys = Object.keys(prices) as PriceKey[];

export interface DiscountDefinition {
  readonly percentage?: string;
  readonly amount?: number;
  /** The only product that it is taken off. */
  readonly product?: "A" | "B";
  readonly duration: "ONCE" | "REPEATING" | "FOREVER";
  readonly cycles?: number;
}

export const discounts = {
  HALF: { percentage: "50", duration: "FOREVER" },
  ALL: { percentage: "100", duration: "FOREVER" },
  FIFTH: { percentage: "20", duration: "ONCE" },
  TWICE: { percentage: "50", duration: "REPEATING", cycles: 2 },
  THRICE: { percentage: "25", duration: "REPEATING", cycles: 3 },
  TEN: { amount: 1000, duration: "FOREVER" },
  ONETEN: { amount: 1000, duration: "ONCE" },
  HALFA: { percentage: "50", duration: "FOREVER", product: "A" },
  TENA: { amount: 1000, duration: "REPEATING", cycles: 2, product: "A" },
} as const satisfies Record<string, DiscountDefinition>;

export type DiscountKey = keyof typeof discounts;
export const discountOf = (key: DiscountKey): DiscountDefinition => discounts[key];

export const taxRates = {
  vat: { percentage: "20", inclusive: false },
  state: { percentage: "7.5", inclusive: false },
  within: { percentage: "20", inclusive: true },
} as const;
export type TaxKey = keyof typeof taxRates;

/** What a quantity costs for a whole period, not rounded. */
export function costOf(
  price: PriceDefinition,
  quantity: Rational,
  chosen: Rational | null,
  withMinimum = true,
): Rational {
  const amount = plainCost(price, quantity, chosen);
  return withMinimum ? most(amount, Rational.of(price.minimum ?? 0)) : amount;
}

function plainCost(price: PriceDefinition, quantity: Rational, chosen: Rational | null): Rational {
  const unit = Rational.of(price.unitAmount ?? "0");
  switch (price.scheme ?? "PER_UNIT") {
    case "PER_UNIT":
      return unit.times(quantity);
    case "CHOSEN":
      return (chosen ?? unit).times(quantity);
    case "PACKAGE": {
      const packages = quantity.over(Rational.of(price.packageSize ?? 1));
      const whole = packages.n / packages.d + (packages.n % packages.d ? 1n : 0n);
      return unit.times(new Rational(whole));
    }
    case "VOLUME": {
      const tier = price.tiers?.find(({ upTo }) => !upTo || quantity.compare(Rational.of(upTo)) <= 0);
      return Rational.of(tier?.unit ?? "0")
        .times(quantity)
        .plus(Rational.of(tier?.flat ?? "0"));
    }
    case "GRADUATED":
      return graduated(price, quantity);
  }
}

function graduated({ tiers: steps = [] }: PriceDefinition, quantity: Rational): Rational {
  let below = zero;
  let amount = zero;
  for (const [index, { upTo, unit, flat = "0" }] of steps.entries()) {
    // No units at all enter the first tier.
    if (index && quantity.compare(below) <= 0) break;
    const top = upTo === undefined ? quantity : least(Rational.of(upTo), quantity);
    amount = amount.plus(Rational.of(unit).times(top.minus(below))).plus(Rational.of(flat));
    below = top;
  }
  return amount;
}
