import type { Transaction } from "../../db/transaction.ts";
import type { InvoiceRow } from "./compose.ts";

/**
 * What somebody else does about invoices that are settled, paid in full, refunded or void, in the transaction that settles them.
 * Set-based: it is called once for all of them.
 */
export type SettledReaction = (
  transaction: Transaction,
  settled: readonly InvoiceRow[],
  now: Date,
) => Promise<void>;

const settledStates: ReadonlySet<string> = new Set(["PAID", "VOID", "REFUNDED"]);

/** Whether nothing is due of an invoice any more: it is paid, void or refunded. */
export function isSettled({ status }: Pick<InvoiceRow, "status">): boolean {
  return settledStates.has(status);
}

const reactions = new Set<SettledReaction>();

/**
 * Has something done whenever invoices are settled, by whatever way: domains that invoices know nothing of add theirs as
 * they are loaded.
 */
export function whenSettled(reaction: SettledReaction): void {
  reactions.add(reaction);
}

/** Lets everybody react to those of `invoices` that are paid, void or refunded by now: nothing is due of them any more. */
export async function reactToSettled(
  transaction: Transaction,
  invoices: readonly InvoiceRow[],
  now: Date,
): Promise<void> {
  const settled = invoices.filter(isSettled);
  if (!settled.length) return;
  // To leave a subscription as it is would go unnoticed; a program that does not know subscriptions must not settle their invoices.
  if (!reactions.size && settled.some(({ subscriptionId }) => subscriptionId !== null)) {
    throw new Error("nobody reacts to invoices that are settled: subscriptions are not loaded");
  }
  // Statements of one transaction run one after the other.
  // oxlint-disable-next-line no-await-in-loop
  for (const react of reactions) await react(transaction, settled, now);
}
