/** How much longer than a statement may take, in milliseconds, its answer is waited for. */
const marginMs = 2_000;

/** The setting of node-postgres that ends the wait for a server that says nothing, by how long a statement may take there. */
export function answersWithin(statementTimeoutMs: number | undefined): { query_timeout?: number } {
  return statementTimeoutMs ? { query_timeout: statementTimeoutMs + marginMs } : {};
}

/** How long small statements of this server's own about a connection may take, in milliseconds: what hangs there holds up all that waits for one. */
export const promptly = { query_timeout: 3_000 };

/** What node-postgres says of a statement whose answer never came, and so do we. */
const message = "Query read timeout";

export function silence(): Error {
  return new Error(message);
}

/** Whether a statement's answer never came. Its connection is stuck, and must not be used again. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === message;
}
