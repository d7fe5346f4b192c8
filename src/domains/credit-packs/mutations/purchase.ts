import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { objectPayload } from "../../../graph/payloads.ts";
import { PurchaseCreditPackInput, TopUpWalletInput } from "../inputs.ts";
import { purchaseCreditPack } from "../purchase.ts";
import { CreditPurchase } from "../schema/purchase.ts";
import type { PurchaseRow } from "../sell.ts";
import { topUpWallet } from "../top-up.ts";

const sales = {
  purchaseCreditPack: {
    run: purchaseCreditPack,
    input: PurchaseCreditPackInput,
    description:
      "Sells a credit pack to the customer of a wallet: makes its invoice and charges for it. Once that is paid, the credits are in the wallet; they never expire, and are used after those that were given.",
  },
  topUpWallet: {
    run: topUpWallet,
    input: TopUpWalletInput,
    description:
      "Lets a customer put money, or credits that have a value, into its wallet: makes the invoice and charges for it. Once that is paid, the amount is in the wallet; it never expires.",
  },
};

for (const [name, { run, input: type, description }] of Object.entries(sales)) {
  mutation<object, { purchase: PurchaseRow }>(name, {
    description,
    scope: "credits:write",
    input: type as never,
    payload: objectPayload(
      "purchase",
      CreditPurchase,
      "The purchase, COMPLETED or waiting for its payment; null when it was refused.",
    ),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
