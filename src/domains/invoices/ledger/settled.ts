import type { LineTax } from "../../catalog/index.ts";

/** What one redemption takes off a line, in minor units. */
export interface SettledDiscount {
  readonly redemptionId: string;
  readonly description: string;
  readonly amount: bigint;
}

/**
 * Amounts of a line that are part of what it settles, so that its invoice does not compute them: discounts are not taken off it
 * again, and what it gives back goes the way it came.
 */
export interface SettledAmounts {
  readonly discounts: readonly SettledDiscount[];
  /** What wallets had paid of what the line gives back: below zero, and the invoice that they had paid. Null where wallets may pay the line. */
  readonly prepaid: { readonly amount: bigint; readonly invoiceId: string } | null;
  /** The taxes that it gives back, below zero, at the rates of its source. Null where the line is taxed by its invoice. */
  readonly taxes: readonly LineTax[] | null;
}

interface Stored {
  readonly discounts: readonly { redemptionId: string; description: string; amount: string }[];
  readonly prepaid: { amount: string; invoiceId: string } | null;
  readonly taxes:
    | readonly { rateId: string; percentage: string; inclusive: boolean; taxable: string; amount: string }[]
    | null;
}

/** Settled amounts as they are stored as JSON: amounts are texts, so that they stay exact. */
export function storedSettled({ discounts, prepaid, taxes }: SettledAmounts): object {
  return {
    discounts: discounts.map((one) => ({ ...one, amount: String(one.amount) })),
    prepaid: prepaid && { ...prepaid, amount: String(prepaid.amount) },
    taxes:
      taxes?.map(({ percentage, taxable, amount, ...rest }) => ({
        ...rest,
        percentage: typeof percentage === "object" ? percentage.toFixed() : String(percentage),
        taxable: String(taxable),
        amount: String(amount),
      })) ?? null,
  } satisfies Stored;
}

/** Settled amounts as they were stored; undefined for a line without any. */
export function readSettled(json: unknown): SettledAmounts | undefined {
  if (json == null) return undefined;
  const { discounts, prepaid, taxes } = json as Stored;
  return {
    discounts: discounts.map((one) => ({ ...one, amount: BigInt(one.amount) })),
    prepaid: prepaid && { ...prepaid, amount: BigInt(prepaid.amount) },
    taxes:
      taxes?.map((tax) => ({ ...tax, taxable: BigInt(tax.taxable), amount: BigInt(tax.amount) })) ?? null,
  };
}
