import { Abandoned } from "./abandon.ts";

/** Thrown instead of waiting where that would take too long. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";

  /** In how many seconds there may be room again. */
  readonly retryAfter: number;

  constructor(retryAfter = 1) {
    super("more is asked for than can be done at the moment");
    this.retryAfter = retryAfter;
  }
}

/** Thrown when something beside the database that work depends on cannot be reached. */
export class Away extends Error {
  override readonly name = "Away";
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
