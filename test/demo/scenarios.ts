import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { transact } from "../../src/db/transaction.ts";
import type { Scenario } from "../../src/demo/scenario.ts";
import { type Progress, seedDemo } from "../../src/demo/seed.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestDatabase } from "../kit/database.ts";

/** The tables that a seed fills. */
export const tables = [
  "customer_external_ids",
  "customers",
  "integration_mappings",
  "invoice_lines",
  "invoices",
  "meters",
  "prices",
  "products",
  "subscription_items",
  "subscriptions",
  "usage_events",
];

const usual = { customers: 60, invoicesPerCustomer: 10, events: 1_500, seed: 1, asOf: "2026-03-31" };

/** Seeds a new environment and gives the scenario. */
export async function seeded(
  database: TestDatabase,
  scenario: Partial<Scenario> = {},
  onProgress?: (progress: Progress) => void,
): Promise<Scenario> {
  const environmentId = scenario.environmentId ?? newId();
  if (scenario.environmentId === undefined) {
    const data = { id: environmentId, merchantId: newId(), merchantName: "Seeded", livemode: false };
    await database.prisma.environment.create({ data });
  }
  const full = { ...usual, ...scenario, environmentId };
  const writer = { environmentId, actor: "test", requestId: null, now: new Date() };
  await seedDemo((work) => transact({ ...database, confinement: undefined }, writer, work), full, onProgress);
  return full;
}

/** One hash for all rows of each table, whatever the environment. */
export async function fingerprints(
  database: TestDatabase,
  environmentId: string,
): Promise<Record<string, string | null>> {
  const selects = tables.map(
    (table) => Prisma.sql`
      SELECT ${table} AS name, md5(string_agg((to_jsonb(t) - 'environment_id')::text, chr(10) ORDER BY id)) AS hash
      FROM ${Prisma.raw(table)} AS t WHERE environment_id = ${environmentId}::uuid`,
  );
  const rows = await reader(database, platform).query<{ name: string; hash: string | null }>(
    Prisma.join(selects, " UNION ALL "),
  );
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
