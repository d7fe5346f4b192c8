import type pg from "pg";
import { openDatabase } from "../../src/db/database.ts";
import { runDue } from "../../src/domains/engine/index.ts";
import type { Surroundings } from "../servers/server.ts";
import { openPool } from "../sql/pool.ts";
import type { Subjects } from "../workloads/workload.ts";
import { cleanUp } from "./clean.ts";
import { type Size, prepareDatabase } from "./database.ts";
import { makeKey } from "./key.ts";
import { findSubjects } from "./subjects.ts";

/** A filled database, and what servers and requests need to know of it. */
export interface Stage {
  readonly pool: pg.Pool;
  readonly surroundings: Surroundings;
  readonly subjects: Subjects;
}

/** The data are of one day, and the product's worker does what fell due since: before anything is compared, and not meanwhile. */
async function doWhatIsDue(databaseUrl: string): Promise<void> {
  const database = await openDatabase({ databaseUrl, poolSize: 2 });
  try {
    const steps = await runDue(database, { now: new Date() });
    if (steps) await database.pool.query("VACUUM (ANALYZE) invoices");
  } finally {
    await database.close();
  }
}

/** Fills the database where that is needed, and takes out what an interrupted run may have left. */
export async function setStage(databaseUrl: string, size: Size, connections: number): Promise<Stage> {
  await prepareDatabase(databaseUrl, size);
  await doWhatIsDue(databaseUrl);
  const pool = openPool(databaseUrl);
  const subjects = await findSubjects(pool, connections);
  const { environmentId } = subjects;
  await cleanUp(pool, environmentId);
  const apiKey = await makeKey(databaseUrl, environmentId);
  return { pool, subjects, surroundings: { databaseUrl, environmentId, apiKey } };
}
