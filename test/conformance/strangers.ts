import { expect } from "vitest";
import type { TestApi, TestEnvironment } from "../kit/api.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";
import type { Hit } from "./attack.ts";

/** A second merchant, whose rows nobody else may see. */
export interface Stranger extends TestEnvironment {
  /** The ids of its rows, by what they are of. */
  readonly ids: Readonly<Record<string, string>>;
  /** The cursor of its customer. */
  readonly cursor: string;
}

/** Stands in all texts of the stranger's rows. */
const mark = "a-strangers-secret";

/** The system that knows the stranger's customer. */
export const source = "crm";

/** Makes a merchant with one row of each type. */
export async function newStranger(api: TestApi): Promise<Stranger> {
  const environment = await api.newEnvironment();
  const { environmentId, key } = environment;
  const ids = await insertOneOfEach(api, environmentId);
  for (const [table, column] of [
    ["customers", "name"],
    ["products", "name"],
    ["meters", "name"],
    ["invoices", "number"],
    ["invoice_lines", "description"],
    ["usage_events", "idempotency_key"],
  ]) {
    await api.database.pool.query(`UPDATE ${table} SET ${column} = $1 WHERE environment_id = $2`, [
      mark,
      environmentId,
    ]);
  }
  const { data } = await api.query(
    `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { userErrors { message } customer {
      externalIds { nodes { id } } integrations { nodes { id } } } } }`,
    {
      input: {
        customer: { id: ids.customerId },
        external: { source, id: `${mark}-external` },
        integrations: [{ providerType: "hubspot", providerEntityId: mark }],
      },
    },
    key,
  );
  const { customer, userErrors } = data.updateCustomer;
  expect(userErrors).toEqual([]);
  const list = await api.query("{ customers { pageInfo { endCursor } } }", {}, key);
  return {
    ...environment,
    ids: {
      ...ids,
      environmentId,
      externalIdId: customer.externalIds.nodes[0].id,
      mappingId: customer.integrations.nodes[0].id,
    },
    cursor: list.data.customers.pageInfo.endCursor,
  };
}

/** The own id of the stranger's customer in `source`. */
export const strangersExternalId = `${mark}-external`;

/** Expects that nothing in an answer is the stranger's. What the caller sent himself may be in it again. */
export function expectNothingOf(stranger: Stranger, { text, data }: Hit): void {
  const told = JSON.stringify(data ?? null);
  expect(told.replaceAll(strangersExternalId, "")).not.toContain(mark);
  const theirs = new Set<unknown>(Object.values(stranger.ids));
  expect(objectsOf(data).filter(({ id }) => theirs.has(id))).toEqual([]);
  expect(text).not.toContain(stranger.merchantId);
}

/** The objects of the graph in an answer, which must ask for `__typename` everywhere: other objects are JSON of callers. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (!("__typename" in value)) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsOf)];
}

/** All that the stranger has, to compare. */
export async function rowsOf(api: TestApi, { environmentId }: Stranger): Promise<unknown> {
  const tables = [
    "customers",
    "customer_external_ids",
    "integration_mappings",
    "invoices",
    "subscriptions",
    "usage_events",
  ];
  return await Promise.all(
    tables.map(async (table) => {
      const { rows } = await api.database.pool.query(
        `SELECT * FROM ${table} WHERE environment_id = $1 ORDER BY id`,
        [environmentId],
      );
      return [table, rows];
    }),
  );
}
