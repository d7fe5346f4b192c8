import { type Book, type UsedCredit, giveBackPart } from "../../credits/index.ts";
import type { InvoiceLineDraft } from "../draft.ts";

type Lines = readonly Pick<InvoiceLineDraft, "settled">[];

/** The invoices of which lines give back what wallets had paid. */
export function walletSources(lines: Lines): string[] {
  return lines.flatMap(({ settled }) =>
    settled?.prepaid && settled.prepaid.amount < 0n ? [settled.prepaid.invoiceId] : [],
  );
}

/** Gives back to open wallets what lines say, before they pay: so they can pay with it. `used` is lowered, and nothing is written. */
export function giveBackPrepaid(book: Book, used: UsedCredit[], lines: Lines, now: Date): void {
  for (const { settled } of lines) {
    if (!settled?.prepaid || settled.prepaid.amount >= 0n) continue;
    const { invoiceId, amount } = settled.prepaid;
    giveBackPart(book, used, { invoiceId, minor: -amount, now });
  }
}
