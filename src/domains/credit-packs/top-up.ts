import { z } from "zod";
import { stored } from "../../db/decimals.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { formatMoney } from "../../kit/currency.ts";
import { type Decimal, decimal, roundToInteger } from "../../kit/decimal.ts";
import { isBillable } from "../../kit/limits.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import {
  type WalletRow,
  amountIn,
  creditAmount,
  openWallet,
  requireActive,
  walletReference,
} from "../credits/index.ts";
import { type PurchaseRow, saleFields, sell } from "./sell.ts";

const topUpInput = z.strictObject({ ...saleFields, wallet: walletReference, amount: creditAmount });

/** Lets a customer put money into a wallet: an invoice is made and charged for, and once it is paid the amount is in the wallet. */
export async function topUpWallet(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ purchase: PurchaseRow }> {
  const input = checked(topUpInput, sent);
  return transact(host, writer, async (transaction) => {
    const { wallet, now } = await openWallet(transaction, input.wallet);
    requireActive(wallet);
    const amount = amountIn(wallet, input.amount, ["amount"]);
    const { price, currency } = priceOf(wallet, amount);
    const what = wallet.unit === "CURRENCY" ? formatMoney(price, currency) : `${amount.toFixed()} credits`;
    const purchase = await sell(transaction, wallet, {
      ...input,
      reason: "WALLET_TOP_UP",
      creditPackId: null,
      subscriptionId: null,
      amount: stored(amount),
      price,
      currency,
      description: `Top-up of ${wallet.name}: ${what}`,
      now,
    });
    return { purchase };
  });
}

/** What a top-up costs: as much as it is worth on invoices, rounded half away from zero. */
function priceOf(
  { unit, currency, creditValue }: WalletRow,
  amount: Decimal,
): { readonly price: bigint; readonly currency: string } {
  if (currency === null) {
    return refuse("INVALID", "Credits without a value cannot be topped up. Sell a credit pack.", ["wallet"]);
  }
  const price = roundToInteger(unit === "CURRENCY" ? amount : amount.times(decimal(creditValue ?? 0)));
  if (price < 1n) refuse("INVALID", "The amount is worth less than one minor unit.", ["amount"]);
  if (!isBillable(price)) refuse("INVALID", "The amount is worth too much.", ["amount"]);
  return { price, currency };
}
