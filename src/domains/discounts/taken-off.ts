import type { Row } from "../../db/datamodel.ts";
import type { Numeric } from "../../kit/decimal.ts";

/** What of a discount decides about amounts. */
export interface DiscountAmount extends Pick<Row<"Discount">, "code" | "name" | "type" | "scope"> {
  readonly value: Numeric;
}

/** A discount as it is taken off an invoice. */
export interface TakenOff extends Pick<DiscountAmount, "type" | "value" | "scope"> {
  readonly redemptionId: string;
  readonly description: string;
  /** The products of SPECIFIC_PRODUCTS. */
  readonly productIds: readonly string[];
}

/** A redeemed discount as it is taken off an invoice. */
export function takenOff({
  redemption,
  discount: { type, value, scope, name, code },
  productIds,
}: {
  readonly redemption: { readonly id: string };
  readonly discount: DiscountAmount;
  readonly productIds: readonly string[];
}): TakenOff {
  return { redemptionId: redemption.id, description: name ?? code, type, value, scope, productIds };
}
