import { z } from "zod";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { nowFor } from "../clocks/index.ts";
import { customerReference, requireCustomerId } from "../customers/index.ts";
import { type Book, type WalletRow, openWallets } from "./book.ts";
import { settleUpTo } from "./settle.ts";

/** How an input names a wallet: by its id, or by its customer where that has no other one. */
export const walletReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ ofCustomer: customerReference })],
  "must name a wallet by either id or ofCustomer",
);

/** A wallet that is open for a change, and the time that it is for its customer. */
export interface OpenWallet {
  readonly book: Book;
  readonly wallet: WalletRow;
  readonly now: Date;
}

/**
 * Opens the wallet that a reference names, with all that is due in it done; refuses, at `path`, one that names none, or, by its
 * customer, more than one.
 */
export async function openWallet(
  transaction: Transaction,
  sent: unknown,
  path: readonly string[] = ["wallet"],
): Promise<OpenWallet> {
  const reference = checked(walletReference, sent, path);
  const book = await openWallets(transaction, await conditionOf(transaction, reference, path));
  const [first, second] = book.wallets.values();
  if (!first) refuse("NOT_FOUND", "There is no such wallet.", path);
  if (second)
    refuse("CONFLICT", "The customer has several wallets. Name the one that is meant by its id.", path);
  const times = await nowFor(transaction, [first.customerId]);
  await settleUpTo(transaction, book, times);
  const wallet = book.wallets.get(first.id) ?? first;
  return { book, wallet, now: times.get(wallet.customerId) ?? transaction.now };
}

async function conditionOf(
  transaction: Transaction,
  reference: z.infer<typeof walletReference>,
  path: readonly string[],
): Promise<Prisma.Sql> {
  if ("id" in reference)
    return isId(reference.id) ? Prisma.sql`t.id = ${reference.id}::uuid` : Prisma.sql`FALSE`;
  const { environmentId } = transaction;
  const id = await requireCustomerId(transaction, environmentId, reference.ofCustomer, [
    ...path,
    "ofCustomer",
  ]);
  return Prisma.sql`t.customer_id = ${id}::uuid AND t.status = 'ACTIVE'`;
}

/** Refuses a wallet that is closed. */
export function requireActive({ status }: WalletRow, path: readonly string[] = ["wallet"]): void {
  if (status === "ACTIVE") return;
  refuse("ILLEGAL_STATE", "The wallet is closed, and holds nothing any more. Use another one.", path);
}
