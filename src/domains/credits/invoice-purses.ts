import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { type Book, emptyBook, fetchGrants, grantsOf, openWallets, readWallets } from "./book.ts";
import { burn, remainingOf, unitsFor, worthOf } from "./burn.ts";
import { isUsable } from "./grant-steps.ts";
import { move } from "./move.ts";
import type { Purse } from "./pay-lines.ts";
import { settle } from "./settle.ts";
import type { UsedCredit } from "./used-credit.ts";
import { writeBook } from "./write-book.ts";

interface Payer {
  readonly customerId: string;
  readonly currency: string;
}

/**
 * Opens the wallets that may pay for invoices of these customers, and those that something is to be given back to, locked until the
 * transaction ends. Two statements at most, or none.
 */
export function openPurses(
  transaction: Transaction,
  payers: readonly Payer[],
  used: readonly UsedCredit[] = [],
): Promise<Book> {
  return bookFor(transaction, { payers, used, read: openWallets });
}

/** The same without a lock, to preview what they would pay. */
export function readPurses(
  transaction: Transaction,
  payers: readonly Payer[],
  used: readonly UsedCredit[],
): Promise<Book> {
  return bookFor(transaction, { payers, used, read: readWallets });
}

async function bookFor(
  transaction: Transaction,
  {
    payers,
    used,
    read,
  }: {
    readonly payers: readonly Payer[];
    readonly used: readonly UsedCredit[];
    readonly read: typeof readWallets;
  },
): Promise<Book> {
  if (!payers.length && !used.length) return emptyBook();
  const ids = [...new Set(used.map(({ walletId }) => walletId))];
  const book = await read(transaction, Prisma.sql`(${ofPayers(payers)} OR t.id = ANY(${ids}::uuid[]))`);
  await fetchGrants(
    transaction,
    book,
    used.map(({ grantId }) => grantId),
  );
  return book;
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
    (wallet) =>
      wallet.customerId === customerId &&
      wallet.currency === currency &&
      wallet.status === "ACTIVE" &&
      wallet.pays !== "NOTHING",
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
