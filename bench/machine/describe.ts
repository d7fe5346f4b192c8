import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type pg from "pg";

/** The machine, as lines of a list. */
export function describeHost(): string[] {
  const [processor] = cpus();
  return [
    `${cpus().length} cores, ${processor?.model.trim() ?? "unknown"}; ${Math.round(totalmem() / 2 ** 30)} GiB; ${systemName()}`,
    `Node.js ${process.versions.node}`,
  ];
}

/** The machine and its PostgreSQL, as lines of a list. */
export async function describeMachine(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ version: string; buffers: string; commit: string; fsync: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('shared_buffers') AS buffers,
            current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync`,
  );
  const [database] = rows;
  return [
    ...describeHost(),
    `PostgreSQL ${database?.version.split(" ")[0]}, shared_buffers ${database?.buffers}, synchronous_commit ${database?.commit}, fsync ${database?.fsync}`,
  ];
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}
