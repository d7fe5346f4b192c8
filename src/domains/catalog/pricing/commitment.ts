import { Decimal, type Numeric, decimal, roundToInteger, sum } from "../../../kit/decimal.ts";
import { atLeastZero } from "../../../kit/money.ts";

/** What tops a period's usage up to the minimum that was agreed: a line of its own, in whole minor units. The usage counts as billed, rounded. */
export function trueUp(minimum: Numeric, used: Numeric): bigint {
  return atLeastZero(roundToInteger(minimum) - roundToInteger(used));
}

/** What is agreed to be used in a window of time. */
export interface Commitment {
  /** AMOUNT: `value` is money. QUANTITY: units, at the price of the window. */
  readonly type: "AMOUNT" | "QUANTITY";
  readonly value: Numeric;
  /** What usage beyond it is multiplied with; 1 unless said. */
  readonly overageFactor?: Numeric | undefined;
  /** Whether what was not used is charged all the same. */
  readonly trueUp?: boolean | undefined;
}

export interface Window {
  readonly unitAmount: Numeric;
  readonly usage: Numeric;
  readonly commitment?: Commitment | null | undefined;
}

/** What windows come to, in parts that add up to the total: usage within commitments (and without one), beyond them, and missing from them. */
export interface CommittedAmounts {
  readonly utilized: Decimal;
  readonly overage: Decimal;
  readonly trueUp: Decimal;
  readonly total: Decimal;
}

/** Prices windows one by one: a window that used little never makes up for one that used much. Not rounded. */
export function priceWindows(windows: readonly Window[]): CommittedAmounts {
  const priced = windows.map(priceWindow);
  const utilized = sum(priced.map((one) => one.utilized));
  const overage = sum(priced.map((one) => one.overage));
  const missing = sum(priced.map((one) => one.trueUp));
  return { utilized, overage, trueUp: missing, total: utilized.plus(overage).plus(missing) };
}

function priceWindow({ unitAmount, usage, commitment }: Window): Omit<CommittedAmounts, "total"> {
  const used = decimal(usage).times(decimal(unitAmount));
  const none = new Decimal(0);
  if (!commitment) return { utilized: used, overage: none, trueUp: none };
  const { type, value, overageFactor = 1 } = commitment;
  const committed = type === "AMOUNT" ? decimal(value) : decimal(value).times(decimal(unitAmount));
  const utilized = Decimal.min(used, committed);
  return {
    utilized,
    overage: used.minus(utilized).times(decimal(overageFactor)),
    trueUp: commitment.trueUp ? committed.minus(utilized) : none,
  };
}
