import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { giveBackToWallets } from "../credits/index.ts";
import { balanceKey, lockBalances, moveBalances } from "../customers/index.ts";
import type { InvoiceRow } from "./compose.ts";
import { readGivenBackOf, splitGivenBack } from "./ledger/given-back.ts";

/** Gives back the credit that an invoice used, once it comes to nothing: it is void, or all that was paid for it went back. What wallets paid goes back into them, and what other lines gave back of it is not given twice. Eight statements at most, or none. */
export async function giveCreditBack(
  transaction: Transaction,
  { id, customerId, currency, credit, prepaidCredit, number, status }: InvoiceRow,
  now: Date,
): Promise<void> {
  if (prepaidCredit > 0n) await giveBackToWallets(transaction, { id }, now);
  if (credit === 0n) return;
  const amount = credit - splitGivenBack({ credit }, await readGivenBackOf(transaction, { id })).ofBalance;
  if (amount === 0n) return;
  const description = `Given back by the ${status === "VOID" ? "voiding" : "refund"} of invoice ${number}`;
  await moveBalances(transaction, [{ customerId, currency, amount, description, invoiceId: id, now }]);
}

/** Takes back what an invoice has put into the customer's balance; refused where it was used, or where a wallet got something. Three statements at most. */
export async function takeBackCredit(
  transaction: Transaction,
  { id, customerId, currency, number, status }: InvoiceRow,
  now: Date,
): Promise<void> {
  const { environmentId, query } = transaction;
  const [given] = await query<{ balance: bigint; wallets: boolean }>(Prisma.sql`
    SELECT coalesce(sum(l.amount) FILTER (WHERE l.kind = 'CARRIED_OVER'), 0)::bigint AS balance,
      coalesce(bool_or(l.prepaid_credit < 0), false) AS wallets
    FROM invoice_lines l WHERE l.environment_id = ${environmentId}::uuid AND l.invoice_id = ${id}::uuid`);
  if (given?.wallets) {
    const message =
      "The invoice gave credit back to a wallet. Void the grant there, and leave the invoice as it is.";
    refuse("ILLEGAL_STATE", message, ["invoice"]);
  }
  const amount = given?.balance ?? 0n;
  if (amount === 0n || status === "DRAFT") return;
  const held =
    (await lockBalances(transaction, [{ customerId, currency }])).get(balanceKey({ customerId, currency })) ??
    0n;
  if (held < amount) {
    const message = `The customer's balance holds ${held} of the ${amount} that the invoice put there; the rest is used.`;
    refuse("ILLEGAL_STATE", message, ["invoice"]);
  }
  const description = `Taken back by the voiding of invoice ${number}`;
  await moveBalances(transaction, [
    { customerId, currency, amount: -amount, description, invoiceId: id, now },
  ]);
}
