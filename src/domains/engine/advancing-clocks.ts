import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";

/** A test clock of an environment. */
export interface ClockReference {
  readonly environmentId: string;
  readonly clockId: string;
}

/** The test clocks that are on their way, in all environments. One statement. */
export function findAdvancingClocks({ query }: Executor): Promise<ClockReference[]> {
  return query<ClockReference>(Prisma.sql`
    SELECT k.environment_id AS "environmentId", k.id AS "clockId" FROM test_clocks k
    WHERE k.status = 'ADVANCING' ORDER BY k.updated_at, k.id`);
}
