import { type ModelName, columnOf } from "./datamodel.ts";
import type { Executor } from "./executor.ts";
import { Prisma } from "./generated/prisma/client.ts";
import { type ParentField, conditions, planned, tableFor } from "./reads.ts";

/** How many rows of `model` meet the conditions. One statement. */
export async function count<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  where: readonly Prisma.Sql[],
): Promise<number> {
  const [row] = await executor.query<{ count: bigint }>(
    planned(
      Prisma.sql`SELECT count(*) AS count FROM ${tableFor(executor, model, where)} t
        WHERE ${conditions(environmentId, where)}`,
      where,
    ),
  );
  return Number(row?.count ?? 0n);
}

/** How many rows of `model` meet the conditions under each of `parentIds`, in their order. One statement. */
export async function countPerParent<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  parentField: ParentField<M>,
  parentIds: readonly string[],
  where: readonly Prisma.Sql[],
): Promise<number[]> {
  const parent = columnOf(model, parentField);
  const rows = await executor.query<{ parent: string; count: bigint }>(
    Prisma.sql`SELECT ${parent} AS parent, count(*) AS count FROM ${tableFor(executor, model, where)} t
      WHERE ${conditions(environmentId, [Prisma.sql`${parent} = ANY(${parentIds}::uuid[])`, ...where])} GROUP BY 1`,
  );
  const byParent = new Map(rows.map((row) => [row.parent, Number(row.count)]));
  return parentIds.map((id) => byParent.get(id) ?? 0);
}

/** How many rows of `model` meet the conditions, or `most` where they are at least as many: no more are looked at. One statement. */
export async function countUpTo<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  where: readonly Prisma.Sql[],
  most: number,
): Promise<number> {
  const [row] = await executor.query<{ count: bigint }>(
    planned(
      Prisma.sql`SELECT count(*) AS count FROM (
        SELECT FROM ${tableFor(executor, model, where)} t WHERE ${conditions(environmentId, where)} LIMIT ${most}::int
      ) counted`,
      where,
    ),
  );
  return Number(row?.count ?? 0n);
}

/** The same under each of `parentIds`, in their order. One statement. */
export async function countPerParentUpTo<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  parentField: ParentField<M>,
  parentIds: readonly string[],
  where: readonly Prisma.Sql[],
  most: number,
): Promise<number[]> {
  const ofParent = [Prisma.sql`${columnOf(model, parentField)} = parent.id`, ...where];
  const rows = await executor.query<{ parent: string; count: bigint }>(
    Prisma.sql`SELECT parent.id AS parent, counted.count FROM unnest(${parentIds}::uuid[]) AS parent(id)
      CROSS JOIN LATERAL (SELECT count(*) AS count FROM (
        SELECT FROM ${tableFor(executor, model, where)} t
        WHERE ${conditions(environmentId, ofParent)} LIMIT ${most}::int
      ) one) counted`,
  );
  const byParent = new Map(rows.map((row) => [row.parent, Number(row.count)]));
  return parentIds.map((id) => byParent.get(id) ?? 0);
}
