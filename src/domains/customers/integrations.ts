import { z } from "zod";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { newId } from "../../kit/ids.ts";
import { newMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { text } from "../../kit/validate.ts";
import { orStartOver } from "../../db/changes.ts";

/**
 * Which record of a provider a customer is; a null `providerEntityId` takes the mapping away. Metadata takes the place of
 * what is stored; left out, it is left alone.
 */
export const integrationInput = z.strictObject({
  providerType: text(64),
  providerEntityId: text(255).nullable(),
  metadata: metadataInput.transform(newMetadata).nullish(),
});

export type IntegrationInput = z.infer<typeof integrationInput>;

/**
 * Sets and takes away a customer's mappings to records of providers, one a provider. Refuses, at `path` and the mapping's
 * place, a provider that is named twice and a record that another customer is mapped to. True when anything changed.
 */
export async function setIntegrations(
  transaction: Transaction,
  customerId: string,
  integrations: readonly IntegrationInput[],
  path: readonly string[],
): Promise<boolean> {
  const providers = integrations.map(({ providerType }) => providerType);
  const twice = providers.findIndex((provider, index) => providers.indexOf(provider) !== index);
  if (twice !== -1)
    refuse("INVALID", "Each provider can be named once.", [...path, String(twice), "providerType"]);

  const { environmentId, actor, now } = transaction;
  const records = JSON.stringify(
    integrations.map(({ metadata, ...integration }) => ({
      id: newId(),
      ...integration,
      metadata: metadata ?? {},
      keepsMetadata: metadata === undefined,
    })),
  );
  const input = Prisma.sql`jsonb_to_recordset(${records}::jsonb)
    AS i(id uuid, "providerType" text, "providerEntityId" text, metadata jsonb, "keepsMetadata" boolean)`;
  const taken = await transaction.query<{ providerType: string }>(Prisma.sql`
    SELECT m.provider_type AS "providerType" FROM integration_mappings m JOIN ${input}
      ON i."providerType" = m.provider_type AND i."providerEntityId" = m.provider_entity_id
    WHERE m.environment_id = ${environmentId}::uuid AND m.customer_id <> ${customerId}::uuid`);
  const [clash] = taken;
  if (clash) {
    const index = providers.indexOf(clash.providerType);
    const message = "Another customer is mapped to this record of the provider.";
    refuse("CONFLICT", message, [...path, String(index), "providerEntityId"]);
  }
  const write = Prisma.sql`
    WITH removed AS (
      DELETE FROM integration_mappings m USING ${input}
      WHERE m.environment_id = ${environmentId}::uuid AND m.customer_id = ${customerId}::uuid
        AND m.provider_type = i."providerType" AND i."providerEntityId" IS NULL
      RETURNING m.id
    ), mapped AS (
      INSERT INTO integration_mappings AS m (environment_id, id, customer_id, provider_type, provider_entity_id,
        metadata, created_at, updated_at, created_by, updated_by)
      SELECT ${environmentId}::uuid, i.id, ${customerId}::uuid, i."providerType", i."providerEntityId",
        CASE WHEN i."keepsMetadata" THEN coalesce(stored.metadata, i.metadata) ELSE i.metadata END,
        ${now}, ${now}, ${actor}, ${actor}
      FROM ${input} LEFT JOIN integration_mappings stored ON stored.environment_id = ${environmentId}::uuid
        AND stored.customer_id = ${customerId}::uuid AND stored.provider_type = i."providerType"
      WHERE i."providerEntityId" IS NOT NULL
      ON CONFLICT (environment_id, customer_id, provider_type) DO UPDATE
        SET provider_entity_id = excluded.provider_entity_id, metadata = excluded.metadata,
            updated_at = excluded.updated_at, updated_by = excluded.updated_by
        WHERE (m.provider_entity_id, m.metadata) IS DISTINCT FROM (excluded.provider_entity_id, excluded.metadata)
      RETURNING m.id
    )
    SELECT id FROM removed UNION ALL SELECT id FROM mapped`;
  const changed = await orStartOver(transaction.query(write));
  return changed.length > 0;
}
