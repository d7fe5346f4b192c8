import type { Fault } from "../../../kit/refusal.ts";

/** What a customer may choose to pay, in minor units. */
export interface ChosenAmountBounds {
  readonly minimumAmount?: bigint | null | undefined;
  readonly maximumAmount?: bigint | null | undefined;
}

/** What is wrong with an amount that the customer chose; null when nothing is. */
export function chosenAmountFault(
  { minimumAmount, maximumAmount }: ChosenAmountBounds,
  chosen: bigint | null | undefined,
  path: readonly string[],
): Fault | null {
  if (chosen == null) return { code: "REQUIRED", message: "This price needs a chosen amount.", path };
  const least = minimumAmount ?? 0n;
  if (chosen < least) return { code: "INVALID", message: `The amount is at least ${least}.`, path };
  if (maximumAmount != null && chosen > maximumAmount) {
    return { code: "INVALID", message: `The amount is at most ${maximumAmount}.`, path };
  }
  return null;
}
