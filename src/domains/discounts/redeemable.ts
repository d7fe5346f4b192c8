import type { Row } from "../../db/datamodel.ts";
import type { Fault } from "../../kit/refusal.ts";

/** Who redeems codes, and for what. */
export interface Redeemer {
  readonly customerId: string;
  readonly currency: string;
  /** What is bought; empty where that is not known yet. */
  readonly productIds: readonly string[];
  readonly for: "SUBSCRIPTION" | "INVOICE";
  readonly now: Date;
}

/** What a customer has done before. */
interface History {
  /** How often they have redeemed the discount. */
  readonly used: number;
  /** Whether they have bought anything. */
  readonly known: boolean;
}

export type Discount = Row<"Discount">;

type RedemptionFault = Omit<Fault, "path">;

const wrongPurpose = {
  SUBSCRIPTION: ["ONE_TIME_ONLY", "The discount is for what is billed once, not for subscriptions."],
  INVOICE: ["SUBSCRIPTION_ONLY", "The discount is for subscriptions, not for what is billed once."],
} as const;

/** Why a discount cannot be redeemed; null when it can. */
export function redemptionFault(
  discount: Discount,
  productIds: readonly string[],
  { currency, productIds: bought, for: purpose, now }: Redeemer,
  { used, known }: History,
): RedemptionFault | null {
  const { validFrom, validUntil, maxRedemptions, maxRedemptionsPerCustomer: perCustomer } = discount;
  if (!discount.active) return { code: "ILLEGAL_STATE", message: "The discount is not active." };
  if (validFrom && validFrom > now)
    return { code: "ILLEGAL_STATE", message: "The discount is not valid yet." };
  if (validUntil && validUntil <= now)
    return { code: "ILLEGAL_STATE", message: "The discount is not valid any more." };
  if (discount.currency && discount.currency !== currency) {
    return { code: "INVALID", message: `The discount is in ${discount.currency}, not in ${currency}.` };
  }
  const [scope, message] = wrongPurpose[purpose];
  if (discount.scope === scope) return { code: "INVALID", message };
  const others = bought.length > 0 && !bought.some((id) => productIds.includes(id));
  if (discount.scope === "SPECIFIC_PRODUCTS" && others) {
    return { code: "INVALID", message: "The discount is for other products." };
  }
  if (discount.firstTimeOnly && known) {
    return { code: "CONFLICT", message: "The discount is for new customers: this one has bought before." };
  }
  if (maxRedemptions !== null && discount.redemptions >= maxRedemptions) {
    return limitFault(
      "The discount has been redeemed as often as it can be.",
      maxRedemptions,
      discount.redemptions,
    );
  }
  if (perCustomer > 0 && used >= perCustomer) {
    return limitFault("The customer has redeemed the discount as often as one can.", perCustomer, used);
  }
  return null;
}

function limitFault(message: string, limit: number, used: number): RedemptionFault {
  return { code: "LIMIT_EXCEEDED", message, details: { limit, used } };
}
