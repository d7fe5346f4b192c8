export { type Book, type WalletRow, stored } from "./book.ts";
export { lockActiveCustomer } from "./create-wallet.ts";
export { type WalletClaim, claimWallets, grantIsDue, settleWallets } from "./due.ts";
export { amountIn, creditAmount } from "./fields.ts";
export { openWallet, requireActive, walletReference } from "./find.ts";
export { draw, giveBackToWallets, openPurses, pursesOf, readPurses, writePurses } from "./invoice-purses.ts";
export { type PaidByPurses, type Purse, payFromPurses } from "./pay-lines.ts";
export { settlePurchases } from "./purchases.ts";
