import { Prisma } from "../../db/generated/prisma/client.ts";
import { searchable, tableOf } from "../../db/datamodel.ts";
import { type Care, lockNames } from "../../db/locks.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { CustomerRow } from "./merge.ts";

/** By what a row of an input may name a customer. */
export interface Identity {
  readonly source: string | null;
  readonly externalId: string | null;
  readonly email: string | null;
  /** The row's `externalUpdatedAt`. */
  readonly updatedAt: string | null;
}

/** Whom an identity names. */
export interface Resolved {
  /** The customer with the external id, be it live or one that was renamed since. */
  readonly customer: CustomerRow | null;
  /** That customer's live external id of the source. */
  readonly linkId: string | null;
  /** When the source last changed it, as RFC 3339 with microseconds. */
  readonly storedUpdatedAt: string | null;
  /** Whether the row is older than that. Decided by the database, to the microsecond. */
  readonly stale: boolean;
  /** The active customer with the e-mail address. */
  readonly emailOwner: CustomerRow | null;
  /** The external id of the same source that the owner of the e-mail address has. */
  readonly emailOwnerExternalId: string | null;
}

/**
 * Makes every other transaction that is about one of these identities wait until this one ends; those about others run
 * beside it. The locks are taken in one order by all, so waiting never goes in a circle. Whoever
 * gives a customer an e-mail address or an external id locks it first, and locks them all at once; then what
 * `resolveIdentities` finds stays true. Many identities are locked by one lock, which all others wait for. A `trusting` batch
 * does not take it the first time: what was found is then checked by what is written, by versions, times and unique keys. None of
 * them would see that a new id was given and taken away again meanwhile, so whoever renames one is `alone`.
 */
export async function lockIdentities(
  transaction: Transaction,
  identities: readonly Identity[],
  care: Care = "usual",
): Promise<void> {
  const names = identities.flatMap(({ source, externalId, email }) => [
    ...(externalId === null ? [] : [[source ?? "", externalId]]),
    ...(email === null ? [] : [[email.toLowerCase()]]),
  ]);
  await lockNames(transaction, "customers", names, care);
}

interface Found {
  readonly customerId: string | null;
  readonly linkId: string | null;
  readonly storedUpdatedAt: string | null;
  readonly stale: boolean;
  readonly emailOwnerId: string | null;
  readonly emailOwnerExternalId: string | null;
}

/**
 * Finds whom each identity names, and locks the rows of these customers. Two statements, however many identities. Each
 * look-up has a limit, and the address both its indexes' forms, so that no plan reads all customers, not even one that
 * was made when there were none. What an earlier look-up has found is not looked up again.
 */
export async function resolveIdentities(
  transaction: Transaction,
  identities: readonly Identity[],
): Promise<Resolved[]> {
  const { environmentId } = transaction;
  const records = JSON.stringify(
    identities.map(({ source, externalId, email, updatedAt }) => ({ source, externalId, email, updatedAt })),
  );
  const found = await transaction.query<Found>(Prisma.sql`
    SELECT hit.customer_id AS "customerId", own.id AS "linkId",
           to_char(own.external_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "storedUpdatedAt",
           coalesce(i."updatedAt" < own.external_updated_at, false) AS stale,
           owner.id AS "emailOwnerId", theirs.external_id AS "emailOwnerExternalId"
    FROM ROWS FROM (
      jsonb_to_recordset(${records}::jsonb) AS (source text, "externalId" text, email text, "updatedAt" timestamptz)
    ) WITH ORDINALITY AS i(source, "externalId", email, "updatedAt", position)
    LEFT JOIN LATERAL (
      SELECT x.id, x.customer_id, x.replaced_at, x.external_updated_at FROM customer_external_ids x
      WHERE x.environment_id = ${environmentId}::uuid AND x.source = i.source AND x.external_id = i."externalId"
        AND x.released_at IS NULL
      ORDER BY x.replaced_at DESC NULLS FIRST LIMIT 1
    ) hit ON true
    LEFT JOIN LATERAL (
      SELECT hit.id, hit.external_updated_at WHERE hit.replaced_at IS NULL
      UNION ALL
      SELECT x.id, x.external_updated_at FROM customer_external_ids x
      WHERE x.environment_id = ${environmentId}::uuid AND x.customer_id = hit.customer_id AND x.source = i.source
        AND x.replaced_at IS NULL AND x.released_at IS NULL AND hit.replaced_at IS NOT NULL
      LIMIT 1
    ) own ON true
    LEFT JOIN LATERAL (
      SELECT t.id FROM ${searchable(transaction, "Customer")} t
      WHERE t.environment_id = ${environmentId}::uuid AND lower(t.email) = lower(i.email)
        AND lower(t.email) COLLATE "C" = lower(i.email) AND t.status = 'ACTIVE'
      LIMIT 1
    ) owner ON true
    LEFT JOIN LATERAL (
      SELECT x.external_id FROM customer_external_ids x
      WHERE x.environment_id = ${environmentId}::uuid AND x.customer_id = owner.id AND x.source = i.source
        AND x.replaced_at IS NULL AND x.released_at IS NULL AND owner.id IS DISTINCT FROM hit.customer_id
      LIMIT 1
    ) theirs ON true
    ORDER BY i.position`);
  const customers = await lockCustomers(
    transaction,
    found.flatMap(({ customerId, emailOwnerId }) => [customerId, emailOwnerId]).filter((id) => id !== null),
  );
  // Until its row was locked, a customer could still be archived or give its e-mail address up.
  const active = (id: string | null): CustomerRow | null => {
    const customer = id === null ? undefined : customers.get(id);
    return customer?.status === "ACTIVE" ? customer : null;
  };
  return found.map(({ customerId, emailOwnerId, ...rest }, position) => {
    const owner = active(emailOwnerId);
    const owns = owner !== null && sameEmail(owner.email, identities[position]?.email);
    return { ...rest, customer: active(customerId), emailOwner: owns ? owner : null };
  });
}

function sameEmail(one: string, other: string | null | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

/** Locks the rows of these customers until the transaction ends, and gives them by id. One statement. */
export async function lockCustomers(
  transaction: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CustomerRow>> {
  if (!ids.length) return new Map();
  const { name, select } = tableOf("Customer");
  const rows = await transaction.query<CustomerRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ANY(${[...new Set(ids)]}::uuid[])
    ORDER BY t.id FOR NO KEY UPDATE`);
  return new Map(rows.map((row) => [row.id, row]));
}
