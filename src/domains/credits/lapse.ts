import type { Book } from "./book.ts";
import type { GrantPart } from "./burn.ts";
import { move } from "./move.ts";

/** Lets what was given back to a grant go again where the grant, or its wallet, has ended in the meantime. */
export function lapse(book: Book, walletId: string, { grantId, amount }: GrantPart, now: Date): void {
  const status = book.grants.get(grantId)?.status;
  if (status === "ACTIVE" && book.wallets.get(walletId)?.status === "ACTIVE") return;
  const type = status === "EXPIRED" ? "EXPIRY" : "VOID";
  move(book, {
    walletId,
    type,
    parts: [{ grantId, amount: amount.negated() }],
    at: now,
    values: { grantId },
  });
}
