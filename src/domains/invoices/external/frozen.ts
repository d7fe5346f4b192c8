import type { KnownLineDraft } from "../compose.ts";
import { amountsOf, isSameContents } from "./amounts.ts";
import type { Known } from "./known.ts";
import type { ExternalInvoice } from "./record.ts";

/** The fields that were sent and are not what was frozen when the invoice was finalized. */
export function frozenFields(
  record: ExternalInvoice,
  { invoice, contents }: Known,
  customerId: string | null,
): string[] {
  const { currency, number, issuedAt, lines, subtotal, discount, tax, total } = record;
  const others = {
    customer: customerId !== null && customerId !== invoice.customerId,
    currency: currency != null && currency !== invoice.currency,
    number: number != null && number !== invoice.number,
    issuedAt: issuedAt != null && issuedAt.getTime() !== invoice.issuedAt?.getTime(),
    lines: lines != null && lines.length > 0 && !isSameLines(record, contents.lines),
    subtotal: subtotal != null && subtotal !== invoice.subtotal,
    discount: discount != null && discount !== invoice.discount,
    tax: tax != null && tax !== invoice.tax,
    total: total != null && total !== invoice.total,
  };
  return Object.entries(others).flatMap(([field, differs]) => (differs ? [field] : []));
}

/** Says that a field was not applied. */
export function frozenWarning(field: string, { invoice }: Known): string {
  return `${field} was not applied: the invoice is ${invoice.status}, and this is frozen.`;
}

function isSameLines(record: ExternalInvoice, stored: readonly KnownLineDraft[]): boolean {
  const amounts = amountsOf(record, null, new Map());
  if ("faults" in amounts) return false;
  const told = (lines: readonly KnownLineDraft[]) => ({
    lines: lines.filter(({ kind }) => kind === "ITEM").map((line) => ({ ...line, productId: null })),
    discounts: [],
    taxRates: [],
  });
  return isSameContents(told(amounts.contents.lines), told(stored));
}
