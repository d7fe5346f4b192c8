import type { Pool } from "pg";

const interval = 60_000;

/** How many bytes of changes are worth an interruption. */
const enough = 64n * 1024n * 1024n;

/**
 * Does for an embedded database what background processes do for a server: checkpoints, without which the write-ahead
 * log grows for ever, and vacuum with analyze. Statements wait meanwhile, so it is done only after many changes.
 * Returns how to end it.
 */
export function keepUp(pool: Pool): () => void {
  let done = 0n;
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    void upkeep(pool, done)
      .then((position) => (done = position))
      // A database that cannot be asked just now is asked again a minute later.
      .catch(() => {})
      .finally(() => (running = false));
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Does it if there were `least` bytes of changes since the position `done` of the log, and gives the position up to
 * which it has been done.
 */
export async function upkeep(pool: Pool, done: bigint, least = enough): Promise<bigint> {
  if ((await readPosition(pool)) - done < least) return done;
  await pool.query("VACUUM (ANALYZE)");
  await pool.query("CHECKPOINT");
  return await readPosition(pool);
}

async function readPosition(pool: Pool): Promise<bigint> {
  const { rows } = await pool.query<{ position: bigint }>(
    "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint AS position",
  );
  return rows[0]?.position ?? 0n;
}
