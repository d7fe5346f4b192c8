import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { isId } from "../../kit/ids.ts";
import type { Fault } from "../../kit/refusal.ts";

/** What is said of an id at `path` that no test clock has. */
export function noSuchClock(path: readonly string[]): Fault {
  return {
    code: "NOT_FOUND",
    message: "There is no such test clock. There are some in test mode only.",
    path,
  };
}

/** Which of these are ids of test clocks of the environment. One statement, or none. */
export async function knownClocks(
  { environmentId, query }: Executor & { readonly environmentId: string },
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const wanted = [...new Set(ids)].filter(isId);
  if (!wanted.length) return new Set();
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT k.id FROM test_clocks k WHERE k.environment_id = ${environmentId}::uuid AND k.id = ANY(${wanted}::uuid[])`);
  return new Set(rows.map(({ id }) => id));
}
