import type { Transaction } from "../../db/transaction.ts";
import { lesser } from "../../kit/money.ts";
import type { Book } from "./book.ts";
import { type GrantPart, unitsFor, worthOf } from "./burn.ts";
import { openPurses } from "./invoice-purses.ts";
import { lapse } from "./lapse.ts";
import { move } from "./move.ts";
import { type UsedCredit, readUsedCredit } from "./used-credit.ts";
import { writeBook } from "./write-book.ts";

/**
 * Gives the grants back what an invoice has used of them. What has expired or was voided since then stays so: it lapses at once,
 * and both are in the ledger.
 */
export async function giveBackToWallets(
  transaction: Transaction,
  { id: invoiceId }: { readonly id: string },
  now: Date,
): Promise<void> {
  const used = await readUsedCredit(transaction, [invoiceId]);
  if (!used.length) return;
  const book = await openPurses(transaction, [], used);
  for (const [walletId, rows] of Map.groupBy(used, (row) => row.walletId)) {
    post(book, { walletId, invoiceId, parts: rows, now });
  }
  await writeBook(transaction, book);
}

/**
 * Gives back to open wallets a part of what they had paid of an invoice, in minor units: to the grants that were used last. `used` is what is
 * left of its use, and is lowered. Nothing is written before `writePurses`.
 */
export function giveBackPart(
  book: Book,
  used: UsedCredit[],
  { invoiceId, minor, now }: { readonly invoiceId: string; readonly minor: bigint; readonly now: Date },
): void {
  let missing = minor;
  for (const [index, row] of used.entries()) {
    const wallet = book.wallets.get(row.walletId);
    if (row.invoiceId !== invoiceId || !wallet || missing <= 0n) continue;
    const worth = lesser(worthOf(wallet, row.amount), missing);
    if (worth <= 0n) continue;
    const units = unitsFor(wallet, worth, row.amount);
    used[index] = { ...row, amount: row.amount.minus(units) };
    missing -= worth;
    const parts = [{ grantId: row.grantId, amount: units }];
    post(book, { walletId: row.walletId, invoiceId, parts, now });
  }
}

function post(
  book: Book,
  {
    walletId,
    invoiceId,
    parts,
    now,
  }: {
    readonly walletId: string;
    readonly invoiceId: string;
    readonly parts: readonly GrantPart[];
    readonly now: Date;
  },
): void {
  const back = parts.map(({ grantId, amount }) => ({ grantId, amount }));
  move(book, { walletId, type: "GIVE_BACK", parts: back, at: now, values: { invoiceId } });
  for (const part of back) lapse(book, walletId, part, now);
}
