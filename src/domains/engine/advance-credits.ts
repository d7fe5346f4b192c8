import type { Transaction } from "../../db/transaction.ts";
import { claimWallets, settleWallets } from "../credits/index.ts";
import { type Claim, livesBy } from "./due.ts";

/** Lets grants of credit that are due begin, recur and expire. Gives how many steps there were. */
export async function advanceCredits(
  transaction: Transaction,
  { clockId, now, limit, except = [], onClaim }: Claim,
): Promise<number> {
  const ids = await claimWallets(transaction, { now, limit, except, condition: livesBy(clockId) });
  onClaim?.(ids);
  return ids.length ? settleWallets(transaction, ids, now) : 0;
}
