import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import { type Book, draw, openPurses, pursesOf, readUsedCredit } from "../credits/index.ts";
import { type BalanceMovement, balanceKey, lockBalances } from "../customers/index.ts";
import { advanced, moved } from "./advance.ts";
import { type Contents, type InvoiceParts, type InvoiceRow, carriedOver, composeInvoice } from "./compose.ts";
import type { AdvanceTo } from "./draft.ts";
import { giveBackPrepaid, walletSources } from "./ledger/prepaid.ts";
import { type Issuer, customerSnapshot, dueDate, newPublicToken } from "./issuer.ts";
import { takeNumbers } from "./numbering.ts";

/** An invoice that is to be finalized. */
export interface Issue {
  readonly invoice: InvoiceRow;
  readonly contents: Omit<Contents, "creditAvailable" | "purses">;
  readonly customer: Row<"Customer">;
  /** What finalizes it: a draft is finalized, and one that was submitted is approved. */
  readonly move: "finalize" | "approve";
  readonly advanceTo: AdvanceTo;
  /** The end of the time that it bills; `now` unless said. */
  readonly paidUpTo?: Date | undefined;
  readonly now: Date;
}

/** Finalized invoices, and what is to move on their customers' balances once they are written. */
export interface Issued {
  readonly parts: readonly InvoiceParts[];
  readonly movements: readonly BalanceMovement[];
  /** What was taken out of wallets, which is to be written as well. */
  readonly purses: Book;
}

/**
 * Finalizes invoices in their order: each uses what is left of its customer's credit, gets its number, its public token and
 * what customer and seller are now, and goes as far as it is to go. Numbers that are `spoken` for, by what is written with them, are left
 * alone. Writes nothing but the sequence of numbers. Five statements at most.
 */
export async function issueInvoices(
  transaction: Transaction,
  issuer: Issuer,
  issues: readonly Issue[],
  spoken: readonly string[] = [],
): Promise<Issued> {
  const payers = issues.filter(usesCredit).map(({ invoice }) => invoice);
  const used = await readUsedCredit(
    transaction,
    issues.flatMap((issue) => (issue.advanceTo === "VOID" ? [] : walletSources(issue.contents.lines))),
  );
  const purses = await openPurses(transaction, issuer.hasWallets ? payers : [], used);
  const balances = await lockBalances(transaction, payers);
  const numberless = issues.filter(({ invoice }) => invoice.number === null);
  const movements: BalanceMovement[] = [];
  const composed = issues.map((issue) => {
    const key = balanceKey(issue.invoice);
    const creditAvailable = usesCredit(issue) ? (balances.get(key) ?? 0n) : 0n;
    const at = issue.paidUpTo ?? issue.now;
    if (issue.advanceTo !== "VOID") giveBackPrepaid(purses, used, issue.contents.lines, issue.now);
    const own = usesPurses(issue) ? pursesOf(purses, issue.invoice, at) : [];
    const parts = composeInvoice(
      issue.invoice,
      { ...issue.contents, creditAvailable, purses: own },
      issue.now,
    );
    draw(purses, { invoiceId: issue.invoice.id, debits: parts.debits, at, now: issue.now });
    const change = issue.advanceTo === "VOID" ? 0n : carriedOver(parts.lines) - parts.invoice.credit;
    balances.set(key, (balances.get(key) ?? 0n) + change);
    return { parts, change };
  });
  // The sequence is locked last, because everybody waits for it.
  const numbers = await takeNumbers(transaction, issuer.prefix, numberless.length, spoken);
  const numberOf = new Map(numberless.map(({ invoice }, index) => [invoice.id, numbers[index] ?? null]));
  const parts = issues.map((issue, index) => {
    const { parts: before, change } = composed[index] as (typeof composed)[number];
    const { id, customerId, currency, number } = before.invoice;
    const invoice = finalized(before.invoice, issue, issuer, numberOf.get(id) ?? number);
    if (change !== 0n) {
      const description = `${change > 0n ? "Carried over from" : "Used for"} invoice ${invoice.number}`;
      movements.push({ customerId, currency, amount: change, description, invoiceId: id, now: issue.now });
    }
    return { ...before, invoice };
  });
  return { parts, movements, purses };
}

/** Invoices that mirror another system's are what that one says. */
function usesCredit({ invoice, advanceTo }: Issue): boolean {
  return invoice.externalSource === null && advanceTo !== "VOID";
}

/** Credit is not bought with credit. */
function usesPurses(issue: Issue): boolean {
  const { billingReason } = issue.invoice;
  return usesCredit(issue) && billingReason !== "CREDIT_PURCHASE" && billingReason !== "WALLET_TOP_UP";
}

function finalized(
  invoice: InvoiceRow,
  { customer, move, advanceTo, now }: Issue,
  issuer: Issuer,
  number: string | null,
): InvoiceRow {
  const values = {
    number,
    publicToken: newPublicToken(),
    finalizedAt: now,
    issuedAt: invoice.issuedAt ?? now,
    dueAt: invoice.dueAt ?? dueDate(invoice, customer, issuer, now),
    customerSnapshot: customerSnapshot(customer) as InvoiceRow["customerSnapshot"],
    sellerSnapshot: issuer.seller as InvoiceRow["sellerSnapshot"],
    ...(move === "approve" && { approvedAt: now }),
  };
  return advanced(moved(invoice, move, values), advanceTo, now);
}
