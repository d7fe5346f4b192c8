import { z } from "zod";
import type { Executor } from "../../../db/executor.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { isId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";
import { text } from "../../../kit/validate.ts";

/** An id of a product in another system. */
export const externalProduct = z.strictObject({ source: text(64), id: text(255) });

/** Names a product: by its id, by the merchant's own key, or by its id in another system. */
export const productReference = z.union(
  [
    z.strictObject({ id: z.string() }),
    z.strictObject({ productKey: text(255) }),
    z.strictObject({ external: externalProduct }),
  ],
  "must name a product by one of id, productKey or external",
);

export type ProductReference = z.infer<typeof productReference>;

/** The ids of the products that references name, in their order; null where one names none. One statement. */
export async function findProductIds(
  executor: Executor,
  environmentId: string,
  references: readonly ProductReference[],
): Promise<(string | null)[]> {
  if (!references.length) return [];
  const wanted = references.map((reference) => ({
    id: "id" in reference && isId(reference.id) ? reference.id : null,
    key: "productKey" in reference ? reference.productKey : null,
    source: "external" in reference ? reference.external.source : null,
    external: "external" in reference ? reference.external.id : null,
  }));
  const rows = await executor.query<{ id: string | null }>(Prisma.sql`
    SELECT coalesce(
      (SELECT t.id FROM products t WHERE t.environment_id = ${environmentId}::uuid AND t.id = wanted.id),
      (SELECT t.id FROM products t WHERE t.environment_id = ${environmentId}::uuid AND t.product_key = wanted.key),
      (SELECT t.id FROM products t
        WHERE t.environment_id = ${environmentId}::uuid AND t.external_source = wanted.source AND t.external_id = wanted.external)
    ) AS id
    FROM ROWS FROM (
      jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS (id uuid, key text, source text, external text)
    ) WITH ORDINALITY AS wanted(id, key, source, external, position)
    ORDER BY wanted.position`);
  return rows.map(({ id }) => id);
}

/** The id of the product that a reference names; refuses, at `path`, one that names none. */
export async function requireProductId(
  executor: Executor,
  environmentId: string,
  reference: ProductReference,
  path: readonly string[],
): Promise<string> {
  const [id] = await findProductIds(executor, environmentId, [reference]);
  return id ?? refuse("NOT_FOUND", "There is no such product.", path);
}
