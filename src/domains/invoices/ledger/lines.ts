import { type Numeric, decimal, roundTo } from "../../../kit/decimal.ts";
import type { InvoiceLineDraft } from "../draft.ts";
import type { GiveBack } from "./give-back.ts";

/** How lines for people tell of what they give back. */
export interface GiveBackWording {
  readonly kind: "PRORATION_CREDIT" | "ADJUSTMENT";
  readonly description: string;
  readonly quantity: Numeric;
}

/** The line that gives back a part of a line: below zero, with what wallets had paid of it and its taxes. */
export function giveBackLine(
  { line, period, net, prepaid, taxes }: GiveBack,
  { kind, description, quantity }: GiveBackWording,
): InvoiceLineDraft {
  const units = decimal(quantity);
  return {
    kind,
    description,
    quantity: units,
    unitAmount: roundTo(units.isZero() ? decimal(-net) : decimal(-net).div(units), 12),
    amount: -net,
    productId: line.productId,
    priceId: line.priceId,
    subscriptionItemId: line.itemId,
    usageChargeId: line.usageChargeId,
    period,
    sourceLineId: line.id,
    // What is on no invoice yet is paid and taxed by the invoice that it goes on, and so is what takes it back.
    settled: line.invoice
      ? {
          discounts: [],
          prepaid: { amount: -prepaid, invoiceId: line.invoice.id },
          taxes: taxes.map((tax) => ({ ...tax, taxable: -tax.taxable, amount: -tax.amount })),
        }
      : { discounts: [], prepaid: null, taxes: null },
  };
}
