import { type Numeric, roundToInteger } from "../../kit/decimal.ts";
import { lesser, total } from "../../kit/money.ts";

export interface Wallet {
  readonly id: string;
  /** Minor units; a fraction of one cannot be spent. */
  readonly balance: Numeric;
}

/** What is taken from wallets, in their order, until `amount` is paid or they are empty. */
export function spend(
  amount: bigint,
  wallets: readonly Wallet[],
): { readonly applied: bigint; readonly debits: ReadonlyMap<string, bigint> } {
  const debits = new Map<string, bigint>();
  let left = amount;
  for (const { id, balance } of wallets) {
    const debit = lesser(left, roundToInteger(balance, "FLOOR"));
    if (debit <= 0n) continue;
    debits.set(id, debit);
    left -= debit;
  }
  return { applied: total(debits.values()), debits };
}

/** What a wallet may pay of a line: usage only, after discounts. */
export function payableByWallet(line: {
  readonly metered: boolean;
  readonly amount: bigint;
  /** Its own, and its shares of those of the invoice. */
  readonly discounts: readonly bigint[];
}): bigint {
  const left = line.amount - total(line.discounts);
  return line.metered && left > 0n ? left : 0n;
}
