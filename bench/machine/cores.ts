import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import type pg from "pg";

/** Which cores do what. */
export interface Cores {
  /** The command that runs a server on its core, to be put before its own. */
  readonly server: readonly string[];
  /** In words. */
  readonly described: string;
  /** Gives everyone all cores back. */
  readonly release: () => void;
}

/** Everything runs where it likes. */
export const unpinned: Cores = { server: [], described: "not pinned to cores", release: () => {} };

/**
 * Gives the server the first core, and the second to PostgreSQL and to this process, which makes the load. Where that
 * cannot be done (one core, no taskset, a database elsewhere) everything runs where it likes.
 */
export async function pinCores(pool: pg.Pool): Promise<Cores> {
  if (cpus().length < 2 || !canPin()) return unpinned;
  pin("1", process.pid);
  const database = await postgresProcesses(pool);
  const before = database.map((pid) => ({ pid, cores: coresOf(pid) }));
  const moved = database.every((pid) => pin("1", pid));
  const release = (): void => {
    process.off("exit", release);
    // The first is the parent: what it starts from now on is free, and what it started meanwhile gets its cores too.
    const [parent] = before;
    if (parent === undefined) return;
    for (const pid of [parent.pid, ...childrenOf(parent.pid)]) pin(parent.cores, pid);
  };
  process.once("exit", release);
  return {
    server: ["taskset", "-c", "0"],
    described: `the server on one core, the load ${moved && database.length ? "and PostgreSQL " : ""}on another`,
    release,
  };
}

function canPin(): boolean {
  return pin("0-1", process.pid);
}

/** Pins all threads of a process; false when that is not allowed. */
function pin(cores: string, pid: number): boolean {
  try {
    execFileSync("taskset", ["-apc", cores, String(pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function coresOf(pid: number): string {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0-1";
}

/** The parent of PostgreSQL's processes and its children; none when it runs elsewhere. */
async function postgresProcesses(pool: pg.Pool): Promise<number[]> {
  const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const backend = rows[0]?.pid ?? 0;
  try {
    if (!readFileSync(`/proc/${backend}/comm`, "utf8").startsWith("postgres")) return [];
    const parent = parentOf(backend);
    return [parent, ...childrenOf(parent)];
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  // The name, in brackets, may hold spaces; the state and the parent follow it.
  const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return Number(parent);
}

/** The processes that a process has started. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => {
      try {
        return parentOf(other) === pid;
      } catch {
        return false;
      }
    });
}
