import type { Row } from "../../db/datamodel.ts";
import { type Decimal, type Numeric, decimal, roundTo, roundToInteger } from "../../kit/decimal.ts";
import type { Period } from "../../kit/period.ts";
import { type TimeBasis, timeShare } from "../../kit/time-share.ts";
import {
  type BreakdownPart,
  type PriceTerms,
  priceLine,
  priceOf,
  termsOf,
  withinBounds,
} from "../catalog/index.ts";

/** What of an item decides about its lines. */
export interface RatedItem {
  readonly id: string | null;
  /** What invoices call it; null for the name of the product. */
  readonly description: string | null;
  readonly quantity: Numeric;
  /** What the customer chose to pay for one unit of a price that leaves it to them. */
  readonly unitAmount: Numeric | null;
  readonly price: Row<"Price">;
  readonly productName: string;
}

/** A line of an invoice that bills an item for a period. */
export interface RatedLine {
  readonly kind: "ITEM";
  readonly description: string;
  readonly quantity: Decimal;
  /** What one unit comes to on average, in minor units, to 12 decimals. */
  readonly unitAmount: Decimal;
  readonly amount: bigint;
  readonly breakdown: readonly BreakdownPart[] | null;
  readonly productId: string;
  readonly priceId: string;
  readonly subscriptionItemId: string | null;
  readonly period: Period;
}

export interface RatingOptions {
  /** Whether the period begins, or has ended: prices are charged in advance or in arrears. */
  readonly timing: "IN_ADVANCE" | "IN_ARREARS";
  /** The whole period of the billing cycle, where the rated one is only a part of it: amounts are that part. */
  readonly whole?: Period | undefined;
  /** Whether it is the first that is charged: then the start rule of each price says what a part of a period costs. */
  readonly first?: boolean | undefined;
  /** What parts of periods are counted in; exact time, unless said otherwise. */
  readonly basis?: TimeBasis | undefined;
}

/** The lines that bill the agreed quantities of `items` for `period`, in their order. What meters measure is rated in `usage/`. */
export function rateItems(items: readonly RatedItem[], period: Period, options: RatingOptions): RatedLine[] {
  return items.flatMap((item) => rateItem(item, period, options) ?? []);
}

function rateItem(item: RatedItem, period: Period, options: RatingOptions): RatedLine | null {
  const { price, quantity } = item;
  if (price.meterId !== null || timingOf(price) !== options.timing) return null;
  const share = shareRule(price, options);
  if (share === "NOTHING") return null;
  const cost = costOf(item, quantity);
  const exact =
    share === "PART" && options.whole
      ? timeShare(cost, { period: options.whole, service: period, basis: options.basis })
      : cost;
  return {
    kind: "ITEM",
    ...lineOf(item, quantity, exact),
    breakdown: share === "WHOLE" ? breakdownOf(item, quantity, exact) : null,
    period,
  };
}

/** What `item` with `quantity` units comes to, as the values of a line. */
export function lineOf(item: RatedItem, quantity: Numeric, exact: Decimal) {
  const units = decimal(quantity);
  return {
    description: item.description ?? item.productName,
    quantity: units,
    unitAmount: roundTo(units.isZero() ? exact : exact.div(units), 12),
    amount: roundToInteger(exact),
    productId: item.price.productId,
    priceId: item.price.id,
    subscriptionItemId: item.id,
  };
}

/** When a price is charged for a period. */
export function timingOf({
  meterId,
  payInAdvance,
}: Pick<Row<"Price">, "meterId" | "payInAdvance">): RatingOptions["timing"] {
  return meterId === null && payInAdvance ? "IN_ADVANCE" : "IN_ARREARS";
}

/** What a whole period costs with `quantity` units, not rounded. */
export function costOf(
  { price, unitAmount }: Pick<RatedItem, "price" | "unitAmount">,
  quantity: Numeric,
): Decimal {
  const { amount } = priceOf(termsFor(price, unitAmount), quantity);
  return withinBounds(amount, { minimum: price.spendingMinimum });
}

function termsFor(price: Row<"Price">, chosen: Numeric | null): PriceTerms {
  if (price.pricingModel !== "PAY_WHAT_YOU_WANT") return termsOf(price);
  return { model: "PER_UNIT", unitAmount: chosen ?? price.suggestedAmount ?? price.unitAmount };
}

function breakdownOf(item: RatedItem, quantity: Numeric, exact: Decimal): readonly BreakdownPart[] | null {
  const { amount, breakdown } = priceLine(termsFor(item.price, item.unitAmount), quantity);
  const explains = breakdown.length > 1 || item.price.billingScheme !== "PER_UNIT";
  return explains && amount === roundToInteger(exact) ? breakdown : null;
}

function shareRule(
  { startRule }: Row<"Price">,
  { first, whole }: RatingOptions,
): "WHOLE" | "PART" | "NOTHING" {
  if (!whole) return "WHOLE";
  if (!first) return "PART";
  return ({ IMMEDIATE: "WHOLE", NEXT_ANCHOR: "NOTHING", PRORATE: "PART" } as const)[startRule];
}
