import { type Book, type UsedCredit, giveBackPart } from "../../credits/index.ts";
import { total } from "../../../kit/money.ts";
import { target } from "../../../kit/state-machine.ts";
import type { InvoiceLineDraft } from "../draft.ts";
import { invoiceMachine } from "../status.ts";
import type { LedgerLine } from "./fold.ts";

type Lines = readonly Pick<InvoiceLineDraft, "settled">[];

/** The invoices of which lines give back what wallets had paid. */
export function walletSources(lines: Lines): string[] {
  return lines.flatMap(({ settled }) =>
    settled?.prepaid && settled.prepaid.amount < 0n ? [settled.prepaid.invoiceId] : [],
  );
}

/** The credit that an invoice used: wallets' as a line that gives it back, and the balance's. */
export interface CreditUse extends Pick<InvoiceLineDraft, "settled"> {
  readonly credit: bigint;
}

/** The credit that comes back when the invoices of a ledger that nobody has paid become void. */
export function creditOfUnpaid(ledger: readonly LedgerLine[]): CreditUse[] {
  const byInvoice = Map.groupBy(ledger, ({ invoice }) => invoice?.id);
  return [...byInvoice].flatMap(([invoiceId, lines]): CreditUse[] => {
    const invoice = lines[0]?.invoice;
    if (!invoice || invoiceId === undefined || target(invoiceMachine, invoice.status, "void") === null)
      return [];
    if (invoice.amountDue === 0n || invoice.amountDue !== invoice.total) return [];
    const prepaid = { invoiceId, amount: -total(lines.map((line) => line.prepaid)) };
    return [{ credit: invoice.credit, settled: { discounts: [], prepaid, taxes: null } }];
  });
}

/** Gives back to open wallets what lines say, before they pay: so they can pay with it. `used` is lowered, and nothing is written. */
export function giveBackPrepaid(book: Book, used: UsedCredit[], lines: Lines, now: Date): void {
  for (const { settled } of lines) {
    if (!settled?.prepaid || settled.prepaid.amount >= 0n) continue;
    const { invoiceId, amount } = settled.prepaid;
    giveBackPart(book, used, { invoiceId, minor: -amount, now });
  }
}
