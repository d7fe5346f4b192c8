import { atLeastZero } from "../../kit/money.ts";

/** What has happened to an invoice's money, in minor units. */
export interface InvoiceMoney {
  readonly total: bigint;
  readonly paid: bigint;
  /** What credit notes and refunds took back of what was paid. */
  readonly credited: bigint;
}

/**
 * The most that a new credit note may come to. REFUND gives back what was paid; ADJUSTMENT lowers what is still owed.
 */
export function maxCreditable(
  kind: "REFUND" | "ADJUSTMENT",
  { total, paid, credited }: InvoiceMoney,
): bigint {
  return atLeastZero(kind === "REFUND" ? paid - credited : total - paid);
}

/** Whether an invoice can be credited, how much of it, and why not. */
export interface CreditEligibility {
  readonly eligible: boolean;
  readonly maxCreditable: bigint;
  readonly reason: "NOTHING_PAID" | "FULLY_CREDITED" | null;
}

/** Credit notes are for invoices that were paid, at least in part: one that was not is voided instead. */
export function creditEligibility(money: InvoiceMoney): CreditEligibility {
  const most = maxCreditable("REFUND", money);
  const reason = most > 0n ? null : money.paid > 0n ? "FULLY_CREDITED" : "NOTHING_PAID";
  return { eligible: most > 0n, maxCreditable: most, reason };
}

/** A note as it would be, against its limit. */
export function creditPreview(
  kind: "REFUND" | "ADJUSTMENT",
  money: InvoiceMoney,
  amount: bigint,
): { readonly maxCreditable: bigint; readonly accepted: boolean; readonly left: bigint } {
  const most = maxCreditable(kind, money);
  return { maxCreditable: most, accepted: amount > 0n && amount <= most, left: atLeastZero(most - amount) };
}
