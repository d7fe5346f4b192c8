import { goods, meters, plans, terms } from "./catalog-data.ts";

/** The products, numbered from 1: plans, then metered usage, then goods. */
export const products = [
  ...plans.map((plan) => ({ ...plan, kind: "SUBSCRIPTION" })),
  ...meters.map((meter) => ({ ...meter, kind: "USAGE" })),
  ...goods.map((good) => ({ ...good, kind: "ONE_TIME" })),
].map(({ key, name, description, kind }, index) => ({ number: index + 1, key, name, description, kind }));

/** A price in every currency. */
interface Offer {
  /** The number of the product, and of the price within it. */
  readonly product: number;
  readonly slot: number;
  /** What lookup keys begin with; the currency follows. */
  readonly lookup: string;
  /** Cents of a US dollar. */
  readonly amount: number;
  readonly model: "FIXED" | "FREE" | "PAY_WHAT_YOU_WANT";
  readonly active: boolean;
  readonly meter?: number;
  readonly interval?: string;
  readonly interval_count?: number;
  readonly nickname?: string;
}

const fixed = { model: "FIXED", active: true } as const;
const monthly = { interval: "MONTH", interval_count: 1 };

/** The prices; among them one that is free, one that customers set, and one that is no longer sold. */
export const offers: readonly Offer[] = [
  ...plans.flatMap(({ key, amounts }, index) =>
    terms.map(({ term, ...interval }, slot) => {
      const lookup = `${key}-${term}`;
      return { product: index + 1, slot, lookup, amount: amounts[slot] ?? 0, ...fixed, ...interval };
    }),
  ),
  ...meters.map(({ key, amount }, index) => {
    const product = plans.length + index + 1;
    return { product, slot: 0, lookup: key, amount, meter: index + 1, ...fixed, ...monthly };
  }),
  ...goods.map(({ key, amount }, index) => {
    const product = plans.length + meters.length + index + 1;
    return { product, slot: 0, lookup: key, amount, ...fixed };
  }),
  {
    product: 1,
    slot: 7,
    lookup: "essentials-partner",
    amount: 0,
    ...fixed,
    ...monthly,
    model: "FREE",
    nickname: "Partners",
  },
  {
    product: 1,
    slot: 8,
    lookup: "essentials-month",
    amount: 2500,
    ...fixed,
    ...monthly,
    active: false,
    nickname: "Until 2024",
  },
  {
    product: 9,
    slot: 9,
    lookup: "onboarding-flexible",
    amount: 10_000,
    ...fixed,
    model: "PAY_WHAT_YOU_WANT",
  },
];
