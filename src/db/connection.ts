import type { Pool, PoolClient } from "pg";
import { isSilence } from "./silence.ts";
import { checkQueue } from "./unavailable.ts";

/** Runs reads on a connection that is free, and gives it back. */
export async function onFreeConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  checkQueue(pool);
  const client = await pool.connect();
  let stuck = false;
  try {
    return await work(client);
  } catch (error) {
    stuck = isSilence(error);
    throw error;
  } finally {
    // The pool itself throws connections away that have died.
    client.release(stuck);
  }
}
