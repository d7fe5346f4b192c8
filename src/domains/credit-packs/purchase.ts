import { z } from "zod";
import { type TransactionHost, type Transaction, type Writer, transact } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { readByIds } from "../../db/reads.ts";
import { checked } from "../../kit/validate.ts";
import { stored } from "../../db/decimals.ts";
import { type WalletRow, openWallet, requireActive, walletReference } from "../credits/index.ts";
import type { PackRow } from "./fields.ts";
import { type PurchaseRow, saleFields, sell } from "./sell.ts";
import { lockPack } from "./write.ts";

const purchaseInput = z.strictObject({
  ...saleFields,
  creditPackId: z.string(),
  wallet: walletReference,
  subscriptionId: z.string().nullish(),
});

/**
 * Sells a credit pack: an invoice is made and charged for, and once it is paid the credits are in the wallet. They never expire, and
 * are used after those that were given.
 */
export async function purchaseCreditPack(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ purchase: PurchaseRow }> {
  const input = checked(purchaseInput, sent);
  return transact(host, writer, async (transaction) => {
    const pack = await lockPack(transaction, input.creditPackId);
    requireForSale(pack);
    const { wallet, now } = await openWallet(transaction, input.wallet);
    requireActive(wallet);
    requireCredits(wallet);
    const subscriptionId = await subscriptionOf(transaction, wallet, input.subscriptionId);
    const purchase = await sell(transaction, wallet, {
      ...input,
      reason: "CREDIT_PURCHASE",
      creditPackId: pack.id,
      subscriptionId,
      amount: stored(pack.credits),
      price: pack.price,
      currency: pack.currency,
      description: `${pack.name} (${pack.credits} credits)`,
      now,
    });
    return { purchase };
  });
}

function requireForSale({ active, name }: PackRow): void {
  if (active) return;
  refuse("ILLEGAL_STATE", `${name} is not for sale any more.`, ["creditPackId"]);
}

function requireCredits({ unit }: WalletRow): void {
  if (unit === "CREDITS") return;
  refuse("INVALID", "The wallet holds money. Name one that holds credits, or top this one up.", ["wallet"]);
}

/** The subscription that credits are bought with; refuses one of another customer, and one that has ended. */
async function subscriptionOf(
  transaction: Transaction,
  { customerId, environmentId }: WalletRow,
  id: string | null | undefined,
): Promise<string | null> {
  if (id == null) return null;
  const [found] = isId(id) ? await readByIds(transaction, environmentId, "BillingSubscription", [id]) : [];
  if (!found || found.customerId !== customerId) {
    refuse("NOT_FOUND", "The customer has no such subscription.", ["subscriptionId"]);
  }
  const sells = found.status === "ACTIVE" || found.status === "TRIALING" || found.status === "PAST_DUE";
  if (!sells) refuse("ILLEGAL_STATE", `The subscription is ${found.status}.`, ["subscriptionId"]);
  return found.id;
}
