import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import type { Fault } from "../../../kit/refusal.ts";

/** Which of a product's keys other products have already. Whoever asks holds the environment's catalog lock. */
export async function takenKeys(
  transaction: Transaction,
  {
    id,
    productKey,
    slug,
  }: { readonly id: string; readonly productKey: string; readonly slug: string | null },
  path: readonly string[],
): Promise<Fault[]> {
  const rows = await transaction.query<{ key: boolean; slug: boolean }>(Prisma.sql`
    SELECT t.product_key = ${productKey} AS key, coalesce(t.slug = ${slug} AND t.archived_at IS NULL, false) AS slug
    FROM products t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id <> ${id}::uuid
      AND (t.product_key = ${productKey} OR (t.slug = ${slug} AND t.archived_at IS NULL))`);
  const faults: Fault[] = [];
  if (rows.some((row) => row.key)) {
    faults.push({
      code: "CONFLICT",
      message: "Another product has this key.",
      path: [...path, "productKey"],
    });
  }
  if (rows.some((row) => row.slug)) {
    faults.push({ code: "CONFLICT", message: "Another product has this slug.", path: [...path, "slug"] });
  }
  return faults;
}
