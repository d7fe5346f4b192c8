import { startEmbedded } from "../../src/db/embedded.ts";
import { createPool } from "../../src/db/pool.ts";

// Commits numbered rows to the folder that is given, for ever, and prints the number of each that was committed.
const database = await startEmbedded({ dataDir: process.argv[2] });
const pool = createPool({ connection: database.connection, max: 1 });
await pool.query("CREATE TABLE IF NOT EXISTS written (id int PRIMARY KEY, filler text NOT NULL)");
for (;;) {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO written SELECT coalesce(max(id), 0) + 1, repeat('x', 3000) FROM written RETURNING id",
  );
  process.stdout.write(`${rows[0]?.id}\n`);
}
