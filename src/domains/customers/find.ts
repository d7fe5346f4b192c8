import { z } from "zod";
import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { type ExternalReference, externalReference } from "./fields.ts";
import { lockCustomers } from "./identities.ts";

/** How an input names a customer: by our id, or by one of its ids in other systems. */
export const customerReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ external: externalReference })],
  "must name a customer by either id or external",
);

export type CustomerReference = z.infer<typeof customerReference>;

/**
 * The id of the customer that a reference names; refuses, at `path`, one that names nobody this key can see. With
 * `archived`, an external id that nobody has leads to the archived customer that had it last.
 */
export async function requireCustomerId(
  executor: Executor,
  environmentId: string,
  sent: unknown,
  path: readonly string[],
  { archived = false }: { readonly archived?: boolean } = {},
): Promise<string> {
  const reference = checked(customerReference, sent, path);
  const id = await findCustomerId(executor, environmentId, reference, archived);
  return id ?? refuse("NOT_FOUND", "There is no such customer.", path);
}

async function findCustomerId(
  executor: Executor,
  environmentId: string,
  reference: CustomerReference,
  archived: boolean,
): Promise<string | null> {
  if ("external" in reference) {
    const [found] = await findByExternalIds(executor, environmentId, [reference.external]);
    return found ?? (archived ? findByReleasedId(executor, environmentId, reference.external) : null);
  }
  if (!isId(reference.id)) return null;
  const [row] = await executor.query<{ id: string }>(Prisma.sql`
    SELECT id FROM customers WHERE environment_id = ${environmentId}::uuid AND id = ${reference.id}::uuid`);
  return row?.id ?? null;
}

/**
 * The customers that references name, in their order, locked until the transaction ends; null where one names nobody. Two
 * statements, however many.
 */
export async function findCustomers(
  transaction: Transaction,
  references: readonly CustomerReference[],
): Promise<(Row<"Customer"> | null)[]> {
  const external = references.flatMap((reference) => ("external" in reference ? reference.external : []));
  const found = external.length
    ? await findByExternalIds(transaction, transaction.environmentId, external)
    : [];
  const next = found.values();
  const ids = references.map((reference) =>
    "external" in reference ? (next.next().value ?? null) : isId(reference.id) ? reference.id : null,
  );
  const customers = await lockCustomers(
    transaction,
    ids.filter((id) => id !== null),
  );
  return ids.map((id) => (id === null ? null : (customers.get(id.toLowerCase()) ?? null)));
}

async function findByReleasedId(
  executor: Executor,
  environmentId: string,
  { source, id }: ExternalReference,
): Promise<string | null> {
  const [row] = await executor.query<{ customerId: string }>(Prisma.sql`
    SELECT x.customer_id AS "customerId" FROM customer_external_ids x
    WHERE x.environment_id = ${environmentId}::uuid AND x.source = ${source} AND x.external_id = ${id}
      AND x.released_at IS NOT NULL
    ORDER BY x.released_at DESC, x.replaced_at DESC NULLS FIRST, x.id DESC LIMIT 1`);
  return row?.customerId ?? null;
}

/**
 * The ids of the customers that have these external ids, in their order; null where nobody has. An id that was renamed
 * still leads to its customer. One statement.
 */
export async function findByExternalIds(
  executor: Executor,
  environmentId: string,
  references: readonly ExternalReference[],
): Promise<(string | null)[]> {
  const rows = await executor.query<{ customerId: string | null }>(Prisma.sql`
    SELECT hit.customer_id AS "customerId"
    FROM unnest(
      ${references.map(({ source }) => source)}::text[], ${references.map(({ id }) => id)}::text[]
    ) WITH ORDINALITY AS wanted(source, id, position)
    LEFT JOIN LATERAL (
      SELECT x.customer_id FROM customer_external_ids x
      WHERE x.environment_id = ${environmentId}::uuid AND x.source = wanted.source AND x.external_id = wanted.id
        AND x.released_at IS NULL
      ORDER BY x.replaced_at DESC NULLS FIRST LIMIT 1
    ) hit ON true
    ORDER BY wanted.position`);
  return rows.map(({ customerId }) => customerId);
}
