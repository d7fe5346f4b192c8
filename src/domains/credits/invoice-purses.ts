import { tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { decimal } from "../../kit/decimal.ts";
import { type Book, emptyBook, fetchGrants, grantsOf, openWallets, readWallets } from "./book.ts";
import { type GrantPart, burn, remainingOf, unitsFor, worthOf } from "./burn.ts";
import { isUsable } from "./grant-steps.ts";
import { lapse } from "./lapse.ts";
import { move } from "./move.ts";
import type { Purse } from "./pay-lines.ts";
import { settle } from "./settle.ts";
import { writeBook } from "./write-book.ts";

interface Payer {
  readonly customerId: string;
  readonly currency: string;
}

/** Opens the wallets that may pay for invoices of these customers, locked until the transaction ends. Two statements at most, or none. */
export async function openPurses(transaction: Transaction, payers: readonly Payer[]): Promise<Book> {
  if (!payers.length) return emptyBook();
  return openWallets(transaction, ofPayers(payers));
}

/** The same without a lock, to preview what they would pay. */
export function readPurses(transaction: Transaction, payers: readonly Payer[]): Promise<Book> {
  return readWallets(transaction, ofPayers(payers));
}

function ofPayers(payers: readonly Payer[]): Prisma.Sql {
  const ids = [...new Set(payers.map(({ customerId }) => customerId))];
  return Prisma.sql`t.customer_id = ANY(${ids}::uuid[]) AND t.status = 'ACTIVE' AND t.pays <> 'NOTHING'`;
}

/**
 * What wallets can pay of an invoice that is for the time up to `at`, in the order in which they pay: by priority, then the oldest.
 * What expires or recurs at that very instant pays first.
 */
export function pursesOf(book: Book, { customerId, currency }: Payer, at: Date): Purse[] {
  const wallets = [...book.wallets.values()].filter(
    (wallet) => wallet.customerId === customerId && wallet.currency === currency && wallet.pays !== "NOTHING",
  );
  const inOrder = wallets.toSorted(
    (one, other) =>
      one.priority - other.priority ||
      one.createdAt.getTime() - other.createdAt.getTime() ||
      (one.id < other.id ? -1 : 1),
  );
  return inOrder.map((wallet) => {
    settle(book, wallet.id, (step) => step < at, at);
    const available = worthOf(wallet, remainingOf(usable(book, wallet.id, at)));
    return { walletId: wallet.id, pays: wallet.pays === "USAGE" ? "USAGE" : "EVERYTHING", available };
  });
}

function usable(book: Book, walletId: string, at: Date) {
  return grantsOf(book, walletId).filter((grant) => isUsable(grant, at, true));
}

/** What wallets pay of one invoice. */
export interface Drawing {
  readonly invoiceId: string;
  /** Minor units by wallet. */
  readonly debits: ReadonlyMap<string, bigint>;
  /** The instant that it is for the time up to. */
  readonly at: Date;
  readonly now: Date;
}

/** Takes out of open wallets what they pay of an invoice. Nothing is written before `writePurses`. */
export function draw(book: Book, { invoiceId, debits, at, now }: Drawing): void {
  for (const [walletId, minor] of debits) {
    const wallet = book.wallets.get(walletId);
    if (!wallet) throw new Error(`the wallet ${walletId} is not open`);
    const grants = usable(book, walletId, at);
    const { parts } = burn(grants, unitsFor(wallet, minor, remainingOf(grants)));
    move(book, { walletId, type: "INVOICE", parts, at: now, values: { invoiceId } });
  }
}

/** Writes what was taken out of wallets, once the invoices are there. */
export const writePurses = writeBook;

/** What an invoice has used of a grant. */
interface Used {
  readonly walletId: string;
  readonly grantId: string;
  readonly amount: Prisma.Decimal;
}

/**
 * Gives the grants back what an invoice has used of them. What has expired or was voided since then stays so: it lapses at once,
 * and both are in the ledger.
 */
export async function giveBackToWallets(
  transaction: Transaction,
  { id: invoiceId }: { readonly id: string },
  now: Date,
): Promise<void> {
  const { environmentId, query } = transaction;
  const used = await query<Used>(Prisma.sql`
    SELECT e.wallet_id AS "walletId", p.grant_id AS "grantId", sum(p.amount) AS amount
    FROM ${tableOf("CreditTransaction").name} e
    JOIN credit_postings p ON p.environment_id = e.environment_id AND p.transaction_id = e.id
    WHERE e.environment_id = ${environmentId}::uuid AND e.invoice_id = ${invoiceId}::uuid AND p.grant_id IS NOT NULL
    GROUP BY 1, 2 HAVING sum(p.amount) < 0 ORDER BY 1, 2`);
  if (!used.length) return;
  const byWallet = Map.groupBy(used, ({ walletId }) => walletId);
  const book = await openWallets(transaction, Prisma.sql`t.id = ANY(${[...byWallet.keys()]}::uuid[])`);
  await fetchGrants(
    transaction,
    book,
    used.map(({ grantId }) => grantId),
  );
  for (const [walletId, rows] of byWallet) {
    const back = rows.map(({ grantId, amount }): GrantPart => ({
      grantId,
      amount: decimal(amount).negated(),
    }));
    move(book, { walletId, type: "GIVE_BACK", parts: back, at: now, values: { invoiceId } });
    for (const part of back) lapse(book, walletId, part, now);
  }
  await writeBook(transaction, book);
}
