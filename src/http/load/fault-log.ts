import { CallerGone } from "../../db/abandon.ts";
import { isPassing } from "../../db/unavailable.ts";
import type { Logger } from "../logger.ts";

/** A fault of ours, or of what we depend on, that a request met with. */
export interface Fault {
  readonly error: unknown;
  readonly requestId: string;
  readonly path: readonly (string | number)[] | undefined;
}

/** The most lines a second: who reads the log learns no more from a thousand of the same, and writing them takes time that answers need. */
const mostLines = 20;
const spanMs = 1_000;

/** What each log has been told lately. */
interface Told {
  since: number;
  lines: number;
  left: number;
  requestId: string | undefined;
}

const told = new WeakMap<Logger, Told>();

/**
 * Logs a fault, one line for a request: of several that it meets with, the first. Passing trouble has no stack, callers who hang up
 * are no fault, and of many lines in a second the rest is only counted.
 */
export function logFault(logger: Logger, { error, requestId, path }: Fault, message: string): void {
  if (error instanceof CallerGone) return logger.debug({ requestId, path }, error.message);
  const now = performance.now();
  let state = told.get(logger);
  if (!state) told.set(logger, (state = { since: now, lines: 0, left: 0, requestId: undefined }));
  if (state.requestId === requestId) return;
  state.requestId = requestId;
  if (now - state.since > spanMs) {
    if (state.left) logger.warn({ count: state.left }, "so many errors more were not logged one by one");
    Object.assign(state, { since: now, lines: 0, left: 0 });
  }
  if (state.lines >= mostLines) return void (state.left += 1);
  state.lines += 1;
  if (isPassing(error)) logger.error({ reason: reasonOf(error), requestId, path }, message);
  else logger.error({ err: error, requestId, path }, message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
