import { allocate } from "../../kit/allocation.ts";
import { atLeastZero, lesser, total } from "../../kit/money.ts";
import { payableByWallet, spend } from "./wallets.ts";

/** What a wallet can pay of an invoice. */
export interface Purse {
  readonly walletId: string;
  readonly pays: "USAGE" | "EVERYTHING";
  /** Whole minor units of the invoice's currency. */
  readonly available: bigint;
}

/** A line that wallets may pay. */
export interface PayableLine {
  readonly metered: boolean;
  /** What is left of it after discounts, in minor units. */
  readonly left: bigint;
}

/** What wallets pay: each line's share, and what each wallet gives, which add up to the same. */
export interface PaidByPurses {
  readonly shares: readonly bigint[];
  readonly debits: ReadonlyMap<string, bigint>;
}

/**
 * Lets wallets pay lines, one after the other: each those that it pays for, until nothing is left of them or of it. Together they
 * pay no more than all lines come to, those that give money back among them. A line's share is in proportion to what is left of it.
 */
export function payFromPurses(lines: readonly PayableLine[], purses: readonly Purse[]): PaidByPurses {
  const left = lines.map((line) => line.left);
  const debits = new Map<string, bigint>();
  for (const { walletId, pays, available } of purses) {
    const payable = lines.map(({ metered }, index) => {
      const amount = left[index] ?? 0n;
      return pays === "USAGE" ? payableByWallet({ metered, amount, discounts: [] }) : atLeastZero(amount);
    });
    const most = lesser(total(payable), atLeastZero(total(left)));
    const { applied } = spend(most, [{ id: walletId, balance: available }]);
    if (applied === 0n) continue;
    debits.set(walletId, applied);
    for (const [index, share] of allocate(applied, payable).entries())
      left[index] = (left[index] ?? 0n) - share;
  }
  return { shares: lines.map((line, index) => line.left - (left[index] ?? 0n)), debits };
}
