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
import { type BilledPeriod, referenceOf } from "./rules/billed-period.ts";

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

/** What rating is done with. */
export interface RatingContext {
  readonly billed: BilledPeriod;
  /** What parts of periods are counted in. */
  readonly basis: TimeBasis;
}

/** When a price is charged for a period. */
export type Timing = "IN_ADVANCE" | "IN_ARREARS";

/** What an item owes for a span of a period, as a line of an invoice; null where that is nothing by the start rule of its price. */
export function rateSpan(item: RatedItem, span: Period, { billed, basis }: RatingContext): RatedLine | null {
  const { price, quantity } = item;
  const reference = referenceOf(price, billed);
  if (!reference) return null;
  const cost = costOf(item, quantity);
  const isWhole = +span.start === +reference.start && +span.end === +reference.end;
  const exact = isWhole ? cost : timeShare(cost, { period: reference, service: span, basis });
  return {
    kind: "ITEM",
    ...lineOf(item, quantity, exact),
    breakdown: isWhole ? breakdownOf(item, quantity, exact) : null,
    period: span,
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

/** When a price is charged for a period; what a meter measures is charged in arrears. */
export function timingOf({ meterId, payInAdvance }: Pick<Row<"Price">, "meterId" | "payInAdvance">): Timing {
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
