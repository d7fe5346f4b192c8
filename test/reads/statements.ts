import { beginWithin } from "../../src/db/confine.ts";
import type { Answer, Statement, TestApi } from "../kit/api.ts";

/** An answer, with the statements that it took but for looking up the key. */
export interface Observed<D> extends Answer<D> {
  readonly statements: readonly Statement[];
}

/** Sends a document and gives its answer with its statements. */
export async function observe<D = any>(
  // oxlint-disable-line typescript/no-explicit-any -- the shape of an answer is the test's to know
  api: TestApi,
  document: string,
  variables: Record<string, unknown> = {},
  key: string = api.key,
): Promise<Observed<D>> {
  const before = api.statements.length;
  const answer = await api.graphql<D>(document, variables, { key });
  const statements = api.statements.slice(before).filter(({ text }) => !text.includes("FROM api_keys"));
  return { ...answer, statements };
}

interface Plan {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly Plan[];
}

/**
 * How many rows of tables PostgreSQL reads for these statements, rows that a filter then drops included. Planned
 * without a look at the values, as statements are that were prepared and have run a few times, and under the policies of
 * the environment, the api's own unless another is given.
 */
export async function countRowsRead(
  api: TestApi,
  statements: readonly Statement[],
  environmentId: string = api.environmentId,
): Promise<number> {
  const { confinement } = api.database;
  const client = await api.database.pool.connect();
  let rows = 0;
  try {
    await client.query(confinement ? beginWithin(confinement, environmentId) : "BEGIN");
    await client.query("SET LOCAL plan_cache_mode = force_generic_plan");
    for (const { text, values } of statements) {
      const answer = await client.query<{ "QUERY PLAN": readonly { Plan: Plan }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        [...values],
      );
      for (const { Plan: plan } of answer.rows[0]?.["QUERY PLAN"] ?? []) rows += rowsOf(plan);
    }
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
  return Math.round(rows);
}

function rowsOf(plan: Plan): number {
  const below = (plan.Plans ?? []).reduce((sum, child) => sum + rowsOf(child), 0);
  if (plan["Relation Name"] === undefined) return below;
  const dropped = (plan["Rows Removed by Filter"] ?? 0) + (plan["Rows Removed by Index Recheck"] ?? 0);
  return below + (plan["Actual Rows"] + dropped) * plan["Actual Loops"];
}
