import { type Decimal, type Numeric, decimal, roundToInteger, sum } from "../../kit/decimal.ts";
import { exactShareOf, percentOf } from "../../kit/money.ts";

/** A line of an invoice of which `amount`, before its discount and tax, is credited. */
export interface CreditItem {
  readonly lineAmount: Numeric;
  readonly lineDiscount?: Numeric | undefined;
  readonly taxPercentage: Numeric;
  readonly amount: Numeric;
}

export interface CreditAmounts {
  /** The share of the lines' discounts, which the subtotal is already without. Rounded for itself. */
  readonly discount: bigint;
  readonly subtotal: bigint;
  /** Exactly total − subtotal. */
  readonly tax: bigint;
  readonly total: bigint;
}

/** What crediting parts of lines comes to: each with the same share of its line's discount and tax. The total is rounded once. */
export function creditAmounts(items: readonly CreditItem[]): CreditAmounts {
  const exact = items.map((item) => {
    const discount = discountShare(item);
    const net = decimal(item.amount).minus(discount);
    return { discount, net, gross: net.plus(percentOf(net, item.taxPercentage)) };
  });
  const subtotal = roundToInteger(sum(exact.map(({ net }) => net)));
  const total = roundToInteger(sum(exact.map(({ gross }) => gross)));
  const discount = roundToInteger(sum(exact.map((one) => one.discount)));
  return { discount, subtotal, tax: total - subtotal, total };
}

function discountShare({ lineAmount, lineDiscount = 0, amount }: CreditItem): Decimal {
  return decimal(lineAmount).isZero() ? decimal(0) : exactShareOf(lineDiscount, amount, lineAmount);
}
