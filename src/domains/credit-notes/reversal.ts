import { lesser } from "../../kit/money.ts";
import { type InvoiceMoney, creditEligibility } from "./limit.ts";

export type ReversalOperation = "REFUND" | "CREDIT_NOTE";

/** Whether money that came in can be given back, how much of it, and how. */
export interface Reversal {
  readonly canReverse: boolean;
  readonly operations: readonly ReversalOperation[];
  readonly maxAmount: bigint;
  readonly reason: "IS_REFUND" | "NOTHING_LEFT" | null;
}

/** What is given back is not noted against single payments, so one can be reversed as far as its invoice has something left. */
export function reversalOf(
  { kind, amount }: { readonly kind: "PAYMENT" | "REFUND"; readonly amount: bigint },
  invoice: InvoiceMoney,
): Reversal {
  const left = creditEligibility(invoice).maxCreditable;
  if (kind === "REFUND") return { ...irreversible, reason: "IS_REFUND" };
  if (left === 0n) return { ...irreversible, reason: "NOTHING_LEFT" };
  return {
    canReverse: true,
    operations: ["REFUND", "CREDIT_NOTE"],
    maxAmount: lesser(amount, left),
    reason: null,
  };
}

const irreversible = { canReverse: false, operations: [], maxAmount: 0n } as const;
