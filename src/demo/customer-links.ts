import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { type Facts, type Range, johnDoe } from "./scenario.ts";

/**
 * Inserts the external ids of a range of customers: live ones, those of archived customers, released, and a few that
 * were replaced by another one. John Doe has one of every source.
 */
export async function insertExternalIds(
  executor: Executor,
  facts: Facts,
  { first, last }: Range,
): Promise<void> {
  const { environmentId, id, roll } = facts;
  await executor.query(Prisma.sql`
    INSERT INTO customer_external_ids (
      environment_id, id, customer_id, source, external_id, external_updated_at, created_at, replaced_at, released_at)
    SELECT ${environmentId}, ${id("external id", "n * 4 + slot")}, customer.id, source, prefix || base + n,
           CASE WHEN n = ${johnDoe} THEN '2026-01-01T00:00:00Z' WHEN source <> 'merchant' THEN customer.updated_at END,
           customer.created_at,
           CASE WHEN slot = 3 THEN customer.created_at + (customer.updated_at - customer.created_at) / 2 END,
           CASE WHEN slot < 3 THEN customer.archived_at END
    FROM generate_series(${first}::bigint, ${last}::bigint) AS n
    JOIN customers AS customer ON customer.environment_id = ${environmentId} AND customer.id = ${id("customer", "n")}
    CROSS JOIN (VALUES (0, 'practicehub', 'PAT-', 12344, 55), (1, 'wodify', 'WOD-', 40000, 30), (2, 'merchant', 'acct_', 7000, 25),
                       (3, 'practicehub', 'OLD-', 500, 8)) AS source(slot, source, prefix, base, percent)
    WHERE ${roll("external id", "n * 4 + slot % 3", 100)} < percent OR (n = ${johnDoe} AND slot < 3)`);
}

/** Inserts the records of other systems that a range of customers corresponds to. */
export async function insertIntegrationMappings(
  executor: Executor,
  facts: Facts,
  range: Range,
): Promise<void> {
  const { environmentId, id, roll } = facts;
  await executor.query(Prisma.sql`
    INSERT INTO integration_mappings (
      environment_id, id, customer_id, provider_type, provider_entity_id, metadata, created_at, updated_at, created_by, updated_by)
    SELECT ${environmentId}, ${id("integration mapping", "n * 2 + slot")}, customer.id, provider,
           prefix || CASE slot WHEN 0 THEN substr(replace(customer.id::text, '-', ''), 14) ELSE (100000000 + n)::text END,
           CASE slot WHEN 1 THEN '{"owner": "sales"}'::jsonb ELSE '{}' END, customer.created_at, customer.created_at, 'seed', 'seed'
    FROM generate_series(${range.first}::bigint, ${range.last}::bigint) AS n
    JOIN customers AS customer ON customer.environment_id = ${environmentId} AND customer.id = ${id("customer", "n")}
    CROSS JOIN (VALUES (0, 'stripe', 'cus_', 35), (1, 'hubspot', '', 15)) AS provider(slot, provider, prefix, percent)
    WHERE ${roll("integration mapping", "n * 2 + slot", 100)} < percent OR (n = ${johnDoe} AND slot = 0)`);
}
