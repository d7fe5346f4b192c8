import type pg from "pg";

/** The stored event numbers, and the server that assigns them now. */
interface Numbers {
  readonly history: number;
  readonly shift: string;
  readonly knownServer: string;
  readonly next: string;
  /** The highest number of a stored event. */
  readonly most: string;
}

/**
 * Begins a new history of events where the database was restored: it came from another server, or has events with numbers that this one has
 * yet to give. New events get numbers above all that are stored, and cursors of earlier histories are refused. The pool
 * has one connection, and nobody else does this at the same time.
 */
export async function keepEventHistory(pool: pg.Pool): Promise<void> {
  const server = await serverOf(pool);
  const { rows } = await pool.query<Numbers>(`
    SELECT event_history() AS history, event_shift()::text AS shift, event_server() AS "knownServer",
           pg_snapshot_xmax(pg_current_snapshot())::text AS next,
           coalesce((SELECT max(newest.number) FROM environments e CROSS JOIN LATERAL (
             SELECT transaction_id AS number FROM events WHERE environment_id = e.id ORDER BY transaction_id DESC, sequence DESC LIMIT 1
           ) newest), 0)::text AS most`);
  const [found] = rows;
  if (!found) throw new Error("the database tells nothing of its events");
  const { history, shift, knownServer } = found;
  const [next, most] = [BigInt(found.next), BigInt(found.most)];
  const moved = server !== "" && knownServer !== "" && server !== knownServer;
  const restored = moved || most >= next + BigInt(shift);
  if (!restored && (knownServer === server || server === "")) return;
  const above = most + 1n - next;
  await pool.query(
    [
      constant("event_history()", "integer", String(history + (restored ? 1 : 0))),
      constant("event_shift()", "bigint", restored ? String(above > 0n ? above : 0n) : shift),
      constant("event_server()", "text", `'${server}'`),
    ].join("\n"),
  );
}

function constant(name: string, type: string, value: string): string {
  return `CREATE OR REPLACE FUNCTION ${name} RETURNS ${type} LANGUAGE sql STABLE PARALLEL SAFE RETURN (${value})::${type};`;
}

/** Which database of which server this is; empty where the user may not ask. */
async function serverOf(pool: pg.Pool): Promise<string> {
  const { rows: rights } = await pool.query<{ may: boolean }>(
    "SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AS may",
  );
  if (!rights[0]?.may) return "";
  const { rows } = await pool.query<{ server: string }>(
    `SELECT c.system_identifier || '/' || d.oid AS server
     FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()`,
  );
  return rows[0]?.server ?? "";
}
