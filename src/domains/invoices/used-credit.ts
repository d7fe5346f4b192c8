import type { Transaction } from "../../db/transaction.ts";
import { giveBackToWallets } from "../credits/index.ts";
import { moveBalances } from "../customers/index.ts";
import type { InvoiceRow } from "./compose.ts";

/** Gives back the credit that an invoice used, once it comes to nothing: it is void, or all that was paid for it went back. What wallets paid goes back into them. Seven statements at most, or none. */
export async function giveCreditBack(
  transaction: Transaction,
  { id, customerId, currency, credit: amount, prepaidCredit, number, status }: InvoiceRow,
  now: Date,
): Promise<void> {
  if (prepaidCredit > 0n) await giveBackToWallets(transaction, { id }, now);
  if (amount === 0n) return;
  const description = `Given back by the ${status === "VOID" ? "voiding" : "refund"} of invoice ${number}`;
  await moveBalances(transaction, [{ customerId, currency, amount, description, invoiceId: id, now }]);
}
