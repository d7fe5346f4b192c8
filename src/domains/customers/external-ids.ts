import type { Row } from "../../db/datamodel.ts";
import { tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { newId } from "../../kit/ids.ts";
import { orStartOver } from "../../db/changes.ts";

type ExternalIdRow = Row<"ExternalId">;

/** The customer's live external id of a source, if it has one. */
export async function liveExternalId(
  transaction: Transaction,
  customerId: string,
  source: string,
): Promise<ExternalIdRow | null> {
  const { name, select } = tableOf("ExternalId");
  const [row] = await transaction.query<ExternalIdRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.customer_id = ${customerId}::uuid
      AND t.source = ${source} AND t.replaced_at IS NULL AND t.released_at IS NULL`);
  return row ?? null;
}

/** Gives a customer an external id in place of the one of the same source that it has. The old one still resolves. */
export async function setExternalId(
  transaction: Transaction,
  customerId: string,
  { source, id }: { readonly source: string; readonly id: string },
): Promise<void> {
  const { environmentId, now } = transaction;
  const [old] = await transaction.query<{ updatedAt: string | null }>(Prisma.sql`
    UPDATE customer_external_ids SET replaced_at = ${now}
    WHERE environment_id = ${environmentId}::uuid AND customer_id = ${customerId}::uuid AND source = ${source}
      AND replaced_at IS NULL AND released_at IS NULL
    RETURNING external_updated_at::text AS "updatedAt"`);
  const insert = Prisma.sql`
    INSERT INTO customer_external_ids (environment_id, id, customer_id, source, external_id, external_updated_at, created_at)
    VALUES (${environmentId}::uuid, ${newId()}::uuid, ${customerId}::uuid, ${source}, ${id},
            ${old?.updatedAt ?? null}::timestamptz, ${now})`;
  await orStartOver(transaction.query(insert));
}

/** Frees all external ids of a customer: they no longer lead to it, and others may have them. */
export async function releaseExternalIds(transaction: Transaction, customerId: string): Promise<void> {
  await transaction.query(Prisma.sql`
    UPDATE customer_external_ids SET released_at = ${transaction.now}
    WHERE environment_id = ${transaction.environmentId}::uuid AND customer_id = ${customerId}::uuid
      AND released_at IS NULL`);
}

/** The external ids that a customer had when they were released, to be locked before they are taken back. */
export async function releasedExternalIds(
  transaction: Transaction,
  customerId: string,
): Promise<{ readonly source: string; readonly externalId: string }[]> {
  return transaction.query(Prisma.sql`
    SELECT source, external_id AS "externalId" FROM customer_external_ids
    WHERE environment_id = ${transaction.environmentId}::uuid AND customer_id = ${customerId}::uuid
      AND released_at IS NOT NULL AND replaced_at IS NULL
    ORDER BY released_at DESC`);
}

/**
 * Gives a customer back the external ids that were released at `releasedAt`, but for those that somebody else has by
 * now: they are returned.
 */
export async function reclaimExternalIds(
  transaction: Transaction,
  customerId: string,
  releasedAt: Date | null,
): Promise<{ readonly source: string; readonly externalId: string }[]> {
  const { environmentId } = transaction;
  const reclaim = Prisma.sql`
    UPDATE customer_external_ids x SET released_at = NULL
    WHERE x.environment_id = ${environmentId}::uuid AND x.customer_id = ${customerId}::uuid
      AND x.released_at = ${releasedAt}::timestamptz
      AND (x.replaced_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM customer_external_ids other
        WHERE other.environment_id = x.environment_id AND other.source = x.source
          AND other.external_id = x.external_id AND other.replaced_at IS NULL AND other.released_at IS NULL
      ))`;
  await orStartOver(transaction.query(reclaim));
  return transaction.query(Prisma.sql`
    SELECT source, external_id AS "externalId" FROM customer_external_ids
    WHERE environment_id = ${environmentId}::uuid AND customer_id = ${customerId}::uuid
      AND released_at = ${releasedAt}::timestamptz
    ORDER BY source, external_id`);
}
