import type { Pool } from "pg";
import { Abandoned } from "./abandon.ts";

/** The most statements that wait for a connection; more would only wait longer than their callers do. */
const longestQueue = 500;

/** Thrown instead of waiting when too many wait already. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";

  constructor() {
    super("too many statements wait for a database connection");
  }
}

/** Thrown when something beside the database that work depends on cannot be reached. */
export class Away extends Error {
  override readonly name = "Away";
}

/** Throws `Overloaded` when the queue for the pool's connections is full. */
export function checkQueue(pool: Pool): void {
  if (pool.waitingCount >= longestQueue) throw new Overloaded();
}

/** SQLSTATE classes and codes of a server that cannot serve now: it is away, starting, stopping, full, or gave up. */
const passing = /^(?:08\w{3}|53\w{3}|57P0[1-5]|57014|55P03|40001|40P01|25P03)$/;

const network: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);

/** What node-postgres says, without a code, of connections that broke or could not be had in time. */
const wording =
  /query read timeout|connection (?:terminated|timeout)|timeout exceeded when trying to connect|client has encountered/i;

/** Whether an error of the database is a passing trouble, which the same request may not meet again a moment later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Overloaded || error instanceof Away || error instanceof Abandoned) return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && (network.has(code) || passing.test(code))) return true;
  return wording.test(error.message) || (error.cause !== undefined && isPassing(error.cause));
}
