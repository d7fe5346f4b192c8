import { type Numeric, decimal } from "../../../kit/decimal.ts";
import type { Fault } from "../../../kit/refusal.ts";

/** What a customer may choose to pay, in minor units. */
export interface ChosenAmountBounds {
  readonly minimumAmount?: bigint | null | undefined;
  readonly maximumAmount?: bigint | null | undefined;
}

/** What is wrong with an amount that the customer chose; null when nothing is. */
export function chosenAmountFault(
  { minimumAmount, maximumAmount }: ChosenAmountBounds,
  chosen: Numeric | null | undefined,
  path: readonly string[],
): Fault | null {
  if (chosen == null) return { code: "REQUIRED", message: "This price needs a chosen amount.", path };
  const amount = decimal(chosen);
  const least = minimumAmount ?? 0n;
  if (amount.lt(decimal(least)))
    return { code: "INVALID", message: `The amount is at least ${least}.`, path };
  if (maximumAmount != null && amount.gt(decimal(maximumAmount))) {
    return { code: "INVALID", message: `The amount is at most ${maximumAmount}.`, path };
  }
  return null;
}
