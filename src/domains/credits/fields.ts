import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type Decimal, type Numeric, decimal } from "../../kit/decimal.ts";
import { refuse } from "../../kit/refusal.ts";
import { readable } from "../../kit/validate.ts";

/** The most that a wallet holds: what a JSON number holds exactly. */
export const largestBalance = Number.MAX_SAFE_INTEGER;

const number = readable(z.string("must be a decimal number as a text"));

/** So much credit, more than 0. */
export const creditAmount = number
  .refine((value) => decimal(value).gt(0), "must be more than 0")
  .refine((value) => decimal(value).lte(largestBalance), `must be at most ${largestBalance}`);

/** How much credit rolls over. */
export const creditFromZero = number
  .refine((value) => decimal(value).gte(0), "must not be below 0")
  .refine((value) => decimal(value).lte(largestBalance), `must be at most ${largestBalance}`);

/** An instant, to the millisecond. */
export const instant = readable(z.string("must be a date and time")).transform((value) => new Date(value));

export const priority = z.number().int().min(0, "must be 0 to 255").max(255, "must be 0 to 255");

/** An amount in the unit of a wallet; refuses, at `path`, parts of a minor unit. */
export function amountIn(
  { unit, currency }: Pick<Row<"Wallet">, "unit" | "currency">,
  amount: Numeric,
  path: readonly string[],
): Decimal {
  const value = decimal(amount);
  if (unit === "CURRENCY" && !value.isInteger()) {
    const message = `The wallet holds ${currency}: send a whole number of minor units.`;
    refuse("INVALID", message, path);
  }
  return value;
}
