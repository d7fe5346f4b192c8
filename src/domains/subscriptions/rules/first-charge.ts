import type { Period } from "../../../kit/period.ts";
import type { InvoiceLineDraft } from "../../invoices/index.ts";
import { type ItemHistory, type OwedContext, itemsAt, owedInAdvance } from "./owed.ts";

/** The lines that bill items in advance for a period that begins, at the terms that they have at its start. */
export function chargeInAdvance(
  items: readonly ItemHistory[],
  period: Period,
  context: OwedContext,
): InvoiceLineDraft[] {
  const owed = owedInAdvance(itemsAt(items, period.start), period, context);
  return [...owed.values()].map(({ line, discounts }) =>
    context.discounts.length ? { ...line, settled: { discounts, prepaid: null, taxes: null } } : line,
  );
}
