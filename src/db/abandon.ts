import type { PoolClient } from "pg";
import { isSilence } from "./silence.ts";

/** Why work for a request is given up: its caller has gone, or its time is over. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** How work on a connection can be given up. */
export interface Abandonable {
  /** Aborts with an `Abandoned` when nobody waits for the work any more. */
  readonly signal?: AbortSignal | undefined;
  /** Stops the statement that the server process with this id runs; missing where the database cannot do that. */
  readonly cancel?: ((processId: number) => Promise<void>) | undefined;
}

/**
 * Runs a statement on a connection, unless nobody waits for it any more, and stops it in the database when that comes to be
 * while it runs. The connection is not given back before the order to stop has been carried out, so it cannot hit
 * whoever has the connection next.
 */
export async function whileWanted<T>(
  { signal, cancel }: Abandonable,
  client: PoolClient,
  work: () => Promise<T>,
): Promise<T> {
  if (!signal) return work();
  signal.throwIfAborted();
  const { processID: processId } = client as PoolClient & { readonly processID?: number | null };
  if (!cancel || processId == null) return work();
  let stopped: Promise<void> | undefined;
  const stop = (): void => {
    stopped = cancel(processId).catch(() => {});
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work();
  } catch (error) {
    // Nobody gets a stuck connection next, and the order to stop may be stuck as well.
    if (isSilence(error)) stopped = undefined;
    throw stopped ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
    await stopped;
  }
}
