import type { BillingInterval } from "../../db/generated/prisma/enums.ts";

interface UnitAmount {
  readonly currency: string;
  readonly unitAmount: { isInteger(): boolean; toNumber(): number; toFixed(): string };
}

/** What one unit costs as money; null where that is no whole number of minor units, or more than a JSON number holds. */
export function unitPriceOf({
  currency,
  unitAmount,
}: UnitAmount): { amount: bigint; currency: string } | null {
  const exact = unitAmount.isInteger() && Number.isSafeInteger(unitAmount.toNumber());
  return exact ? { amount: BigInt(unitAmount.toFixed()), currency } : null;
}

/** How often a price is billed; null for one that is billed once. */
export function recurrenceOf(price: {
  readonly interval: BillingInterval | null;
  readonly intervalCount: number | null;
}): { interval: BillingInterval; count: number } | null {
  const { interval, intervalCount: count } = price;
  return interval && count ? { interval, count } : null;
}
