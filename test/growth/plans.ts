import type { Statement, TestApi } from "../kit/api.ts";

/** A node of a plan, as `EXPLAIN (FORMAT JSON)` tells it. */
interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Plan[];
}

/**
 * What of these statements would grow with the tables, however good the planner: a table that is read from end to end, and
 * all of a tenant's rows being sorted. Planned without a look at the values, and so that whatever index there is gets used.
 */
export async function faultsOf(api: TestApi, statements: readonly Statement[]): Promise<string[]> {
  const client = await api.database.pool.connect();
  try {
    await client.query(
      "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off; SET enable_incremental_sort = off",
    );
    const faults = new Set<string>();
    for (const { text, values } of statements) {
      const answer = await client.query<{ "QUERY PLAN": readonly { Plan: Plan }[] }>(
        `EXPLAIN (FORMAT JSON) ${text}`,
        [...values],
      );
      for (const { Plan: plan } of answer.rows[0]?.["QUERY PLAN"] ?? []) look(plan, false, faults);
    }
    return [...faults];
  } finally {
    await client.query("RESET ALL; SET TimeZone = 'UTC'");
    client.release();
  }
}

function look(plan: Plan, sorted: boolean, faults: Set<string>): void {
  const { "Node Type": type, "Relation Name": table, "Index Cond": condition, Plans: below = [] } = plan;
  if (type === "Seq Scan") faults.add(`reads all of ${table}`);
  if (sorted && table !== undefined && type !== "Bitmap Heap Scan" && !isNarrow(condition))
    faults.add(`sorts all of a tenant's ${table}`);
  // A page is sorted again after it was read, which is as much work as the page is long.
  const sorts = type === "Limit" ? false : sorted || type === "Sort" || type === "Incremental Sort";
  for (const child of below) look(child, sorts, faults);
}

/** Whether an index is searched for more than the tenant. */
function isNarrow(condition: string | undefined): boolean {
  return condition !== undefined && (condition.match(/ (?:=|<|>|<=|>=|@>|~~) |ROW\(/g)?.length ?? 0) > 1;
}
