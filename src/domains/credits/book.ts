import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { EventDraft } from "../../db/outbox.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { GrantRow } from "./grant-steps.ts";

export type WalletRow = Row<"Wallet">;

/** Wallets that are open: what they hold now, and what is to be written of it. `writeBook` writes it. */
export interface Book {
  readonly wallets: Map<string, WalletRow>;
  /** The grants that can still be used or do something, as they are now. */
  readonly grants: Map<string, GrantRow>;
  /** Those of them that the database has, as it has them. */
  readonly stored: Map<string, GrantRow>;
  readonly transactions: Row<"CreditTransaction">[];
  readonly postings: Row<"CreditPosting">[];
  readonly events: EventDraft[];
}

const forChange = Prisma.sql`FOR NO KEY UPDATE`;

/**
 * Opens wallets that meet a condition over a table called `t`, locked until the transaction ends: whoever moves credit has its
 * wallet first. Two statements, or one where there is none.
 */
export function openWallets(transaction: Transaction, condition: Prisma.Sql): Promise<Book> {
  return open(transaction, condition, forChange);
}

/** The same without a lock, to look only. */
export function readWallets(transaction: Transaction, condition: Prisma.Sql): Promise<Book> {
  return open(transaction, condition, Prisma.empty);
}

async function open(
  { environmentId, query }: Transaction,
  condition: Prisma.Sql,
  lock: Prisma.Sql,
): Promise<Book> {
  const { name, select } = tableOf("Wallet");
  const wallets = await query<WalletRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid AND ${condition} ORDER BY t.id ${lock}`);
  // Read after the locks are there: what was true before may not be any more.
  const grants = wallets.length ? await readGrants({ environmentId, query }, wallets) : [];
  return bookOf(wallets, grants);
}

/** A book of no wallets. */
export function emptyBook(): Book {
  return bookOf([], []);
}

function bookOf(wallets: readonly WalletRow[], grants: readonly GrantRow[]): Book {
  return {
    wallets: new Map(wallets.map((wallet) => [wallet.id, wallet])),
    grants: new Map(grants.map((grant) => [grant.id, grant])),
    stored: new Map(grants.map((grant) => [grant.id, grant])),
    transactions: [],
    postings: [],
    events: [],
  };
}

function readGrants(
  { environmentId, query }: Pick<Transaction, "environmentId" | "query">,
  wallets: readonly WalletRow[],
): Promise<GrantRow[]> {
  const { name, select } = tableOf("CreditGrant");
  return query<GrantRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.wallet_id = ANY(${wallets.map(({ id }) => id)}::uuid[])
      AND (t.remaining > 0 OR t.next_step_at IS NOT NULL)
    ORDER BY t.created_at, t.id`);
}

/** Makes sure that a book knows these grants of its wallets, whatever state they are in. One statement, or none. */
export async function fetchGrants(
  { environmentId, query }: Transaction,
  book: Book,
  ids: readonly string[],
): Promise<void> {
  const missing = ids.filter((id) => !book.grants.has(id));
  if (!missing.length) return;
  const { name, select } = tableOf("CreditGrant");
  const rows = await query<GrantRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid AND t.id = ANY(${missing}::uuid[])`);
  for (const row of rows) {
    book.grants.set(row.id, row);
    book.stored.set(row.id, row);
  }
}

/** The grants of a wallet. */
export function grantsOf({ grants }: Book, walletId: string): GrantRow[] {
  return [...grants.values()].filter((grant) => grant.walletId === walletId);
}
