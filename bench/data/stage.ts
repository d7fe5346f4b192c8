import type pg from "pg";
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

/** Fills the database where that is needed, and takes out what an interrupted run may have left. */
export async function setStage(databaseUrl: string, size: Size, connections: number): Promise<Stage> {
  await prepareDatabase(databaseUrl, size);
  const pool = openPool(databaseUrl);
  const subjects = await findSubjects(pool, connections);
  const { environmentId } = subjects;
  await cleanUp(pool, environmentId);
  const apiKey = await makeKey(databaseUrl, environmentId);
  return { pool, subjects, surroundings: { databaseUrl, environmentId, apiKey } };
}
