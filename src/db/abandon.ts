import type { Socket } from "node:net";
import type { PoolClient } from "pg";
import { isSilence, silence } from "./silence.ts";

/** Why work for a request is given up: its caller has gone, or its time is over. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** Of these nobody is to be told: there is no answer that anyone would read. */
export class CallerGone extends Abandoned {
  constructor() {
    super("the caller has gone");
  }
}

/** Whether somebody waits for work, and who is to be told when nobody does any more. A signal costs more than all that, so it is made when one is asked for. */
export class Wanted {
  #reason: Error | undefined;
  #controller: AbortController | undefined;
  #stops: (() => void)[] | undefined;

  /** Work that is wanted until `signal` aborts, for whatever reason. */
  static until(signal: AbortSignal): Wanted {
    const wanted = new Wanted();
    const end = (): void => {
      const reason: unknown = signal.reason;
      if (reason instanceof Abandoned) wanted.abandon(reason);
      else wanted.abandon(new Abandoned("what was asked for took too long", { cause: reason }));
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    return wanted;
  }

  /** Why nobody waits any more. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Aborts when nobody waits any more. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abandon(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const stop of this.#stops ?? []) stop();
    this.#controller?.abort(reason);
  }

  /** Calls `stop` when work is abandoned that is under way, until it is `done`. */
  begin(stop: () => void): void {
    (this.#stops ??= []).push(stop);
  }

  done(stop: () => void): void {
    const at = this.#stops?.indexOf(stop) ?? -1;
    if (at >= 0) this.#stops?.splice(at, 1);
  }
}

/** How work on a connection can be given up. */
export interface Abandonable {
  /** Whether the work is wanted; it is where nothing is said. */
  readonly wanted?: Wanted | undefined;
  /** Stops the statement that the server process with this id runs; missing where the database cannot do that. */
  readonly cancel?: ((processId: number) => Promise<void>) | undefined;
}

/** How long a database may take to stop a statement, in milliseconds, before its line is taken for silent. */
const graceMs = 1_000;

/**
 * Runs a statement on a connection, unless nobody waits for it any more, and stops it in the database when that comes to be
 * while it runs. The connection is not given back before the order to stop has been carried out, so it cannot hit
 * whoever has the connection next. Where nothing comes of the order, the connection is broken off.
 */
export async function whileWanted<T>(
  { wanted, cancel }: Abandonable,
  client: PoolClient,
  work: () => Promise<T>,
): Promise<T> {
  if (!wanted) return work();
  if (wanted.reason) throw wanted.reason;
  const { processID: processId } = client as PoolClient & { readonly processID?: number | null };
  if (!cancel || processId == null) return work();
  let stopped: Promise<void> | undefined;
  let grace: NodeJS.Timeout | undefined;
  const stop = (): void => {
    const silent = new Promise<void>((resolve) => {
      grace = setTimeout(() => {
        breakOff(client);
        resolve();
      }, graceMs);
    });
    stopped = Promise.race([cancel(processId).catch(() => {}), silent]);
  };
  wanted.begin(stop);
  try {
    return await work();
  } catch (error) {
    // Nobody gets a stuck connection next, and the order to stop may be stuck as well.
    if (isSilence(error)) stopped = undefined;
    throw stopped ? wanted.reason : error;
  } finally {
    wanted.done(stop);
    if (stopped) await stopped;
    clearTimeout(grace);
  }
}

/** Ends a connection on which nothing comes back: whoever waits for an answer is told at once, and nobody gets it next. */
function breakOff(client: PoolClient): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy(silence());
}
