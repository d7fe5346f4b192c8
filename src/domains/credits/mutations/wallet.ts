import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { changePayload, objectPayload } from "../../../graph/payloads.ts";
import type { WalletRow } from "../book.ts";
import { type WalletChange, closeWallet, updateWallet } from "../change-wallet.ts";
import { createWallet } from "../create-wallet.ts";
import { CloseWalletInput, CreateWalletInput, UpdateWalletInput } from "../inputs.ts";
import { Wallet } from "../schema/wallet.ts";

mutation<object, { wallet: WalletRow }>("createWallet", {
  description: "Makes a wallet for a customer. It holds nothing as yet.",
  scope: "credits:write",
  input: CreateWalletInput as never,
  payload: objectPayload("wallet", Wallet, "The new wallet; null when it was refused."),
  run: (sent, context) => createWallet(context.database, writerOf(context), sent),
});

const changes = {
  updateWallet: {
    run: updateWallet,
    input: UpdateWalletInput,
    description: "Changes what a wallet is called, what it pays, and its place among others.",
  },
  closeWallet: {
    run: closeWallet,
    input: CloseWalletInput,
    description:
      "Closes a wallet for good: its grants are void, and what is left of them is revoked. Refused while a purchase for it waits to be paid. Doing it twice is the same as once.",
  },
};

for (const [name, { run, input: type, description }] of Object.entries(changes)) {
  mutation<object, WalletChange>(name, {
    description,
    scope: "credits:write",
    input: type as never,
    payload: changePayload("wallet", Wallet, "The wallet after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
