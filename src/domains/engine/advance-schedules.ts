import type { Transaction } from "../../db/transaction.ts";
import { enterPhase } from "../subscriptions/index.ts";
import { type Claim, claimSchedules } from "./due.ts";

/** Lets each schedule that is due go into its next phase, or end: one phase each. Gives how many there were. */
export async function advanceSchedules(transaction: Transaction, claim: Claim): Promise<number> {
  const due = await claimSchedules(transaction, claim);
  for (const schedule of due) {
    // Phases are rare, and each is a change of its own.
    // eslint-disable-next-line no-await-in-loop
    await enterPhase(transaction, schedule, claim.now);
  }
  return due.length;
}
