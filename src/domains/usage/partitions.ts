import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";

/**
 * Makes the partitions of usage events from three months before `now` to three months ahead that are missing, and gives how
 * many it made. Events that lie there already are taken along.
 */
export async function makePartitions(executor: Executor, now: Date): Promise<number> {
  const [row] = await executor.query<{ made: number }>(
    Prisma.sql`SELECT make_usage_partitions(${now}) AS made`,
  );
  return row?.made ?? 0;
}
