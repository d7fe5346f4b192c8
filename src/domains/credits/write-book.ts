import { orStartOver } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { insertRows, toRecords } from "../../db/writes.ts";
import { stored } from "../../db/decimals.ts";
import type { Book } from "./book.ts";
import type { GrantRow } from "./grant-steps.ts";

/**
 * Writes what has become of open wallets: new grants, the entries and their postings, by which the database moves the balances, and
 * what grants are now. Five statements at most, however many wallets.
 */
export async function writeBook(transaction: Transaction, book: Book): Promise<void> {
  const made = [...book.grants.values()].filter(({ id }) => !book.stored.has(id));
  await insertRows(
    transaction,
    "CreditGrant",
    made.map((grant) => ({ ...grant, remaining: stored(0) })),
  );
  const changed = [...book.grants.values()].filter((grant) => {
    const before = book.stored.get(grant.id);
    return before !== undefined && before.version !== grant.version;
  });
  // A grant holds something only while it is active: it becomes so before credit comes in, and ends after what it had has gone.
  const { before = [], after = [] } = Object.groupBy(changed, ({ status }) =>
    status === "ACTIVE" ? "before" : "after",
  );
  await saveGrants(transaction, before);
  await orStartOver(insertRows(transaction, "CreditTransaction", book.transactions));
  await insertRows(transaction, "CreditPosting", book.postings);
  await saveGrants(transaction, after);
  transaction.emit(...book.events);
  for (const grant of book.grants.values()) book.stored.set(grant.id, grant);
  for (const list of [book.transactions, book.postings, book.events]) list.length = 0;
}

/** Writes all that can change of grants but what is left of them. One statement, or none. */
async function saveGrants(transaction: Transaction, grants: readonly GrantRow[]): Promise<void> {
  if (!grants.length) return;
  const records = toRecords("CreditGrant", grants);
  await transaction.query(Prisma.sql`
    UPDATE credit_grants t SET
      status = n.status, recurrences = n.recurrences, next_step_at = n.next_step_at, expires_at = n.expires_at,
      priority = n.priority, name = n.name, voided_at = n.voided_at, void_reason = n.void_reason,
      metadata = n.metadata, version = n.version, updated_at = n.updated_at
    FROM jsonb_populate_recordset(NULL::credit_grants, ${records}::jsonb) n
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}
