import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { openWallets } from "./book.ts";
import { settleUpTo } from "./settle.ts";
import { writeBook } from "./write-book.ts";

/** The condition that a grant `g` is due, and that no billing of its customer comes before it. */
export function grantIsDue(now: Date): Prisma.Sql {
  return Prisma.sql`g.next_step_at <= ${now} AND NOT EXISTS (
    SELECT FROM subscriptions s
    WHERE s.environment_id = g.environment_id AND s.customer_id = g.customer_id AND s.next_step_at <= g.next_step_at
  )`;
}

/** Wallets in which something is due, that are to be claimed. */
export interface WalletClaim {
  readonly now: Date;
  readonly limit: number;
  readonly except: readonly string[];
  /** Further conditions on the wallet, a row called `t`. */
  readonly condition: Prisma.Sql;
}

/** Locks wallets in which grants are to begin, recur or expire. What another worker has locked is his. */
export async function claimWallets(
  { environmentId, query }: Transaction,
  { now, limit, except, condition }: WalletClaim,
): Promise<string[]> {
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT t.id FROM wallets t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id <> ALL(${except}::uuid[]) AND ${condition}
      AND t.id IN (
        SELECT g.wallet_id FROM credit_grants g WHERE g.environment_id = ${environmentId}::uuid AND ${grantIsDue(now)}
      )
    ORDER BY t.id LIMIT ${limit}::int FOR NO KEY UPDATE SKIP LOCKED`);
  return rows.map(({ id }) => id);
}

/** Lets the grants of claimed wallets begin, recur and expire up to an instant. Gives how many steps there were. */
export async function settleWallets(
  transaction: Transaction,
  ids: readonly string[],
  now: Date,
): Promise<number> {
  const book = await openWallets(transaction, Prisma.sql`t.id = ANY(${ids}::uuid[])`);
  const times = new Map([...book.wallets.values()].map(({ customerId }) => [customerId, now]));
  const steps = await settleUpTo(transaction, book, times);
  await writeBook(transaction, book);
  return steps;
}
