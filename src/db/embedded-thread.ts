import { Worker } from "node:worker_threads";
import { readFile } from "node:fs/promises";
import type { WorkerInput, WorkerMessage, WorkerRequest } from "./embedded-worker.ts";

/** So much that PostgreSQL notices too deep a recursion itself, by its own `max_stack_depth`, and does not crash. */
const stackSizeMb = 64;

type Answer<T extends WorkerMessage["type"]> = Extract<WorkerMessage, { type: T }>;

/** PostgreSQL as it was compiled for the first database of this process. Others need not compile it again, and run what is optimized already. */
let compiled: Promise<WebAssembly.Module> | undefined;

async function compile(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(
    await readFile(new URL("pglite.wasm", import.meta.resolve("@electric-sql/pglite"))),
  );
}

/** The thread that runs the embedded database. */
export interface EmbeddedThread {
  /** Where it listens: a socket's path, or host and port. */
  readonly address: string;
  dump(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Starts the thread and waits until its database is ready. An idle thread does not keep the process running.
 *
 * @param onStopped told why when the thread ends later without having been asked
 */
export async function startThread(
  input: Omit<WorkerInput, "code">,
  onStopped: (reason: Error) => void = () => {},
): Promise<EmbeddedThread> {
  const code = await (compiled ??= compile());
  const worker = new Worker(new URL("embedded-worker.ts", import.meta.url), {
    workerData: { ...input, code } satisfies WorkerInput,
    resourceLimits: { stackSizeMb },
  });
  let running = true;
  let reason = new Error("the embedded database has stopped");
  worker.on("message", (message: WorkerMessage) => {
    if (message.type === "failed") reason = new Error(`the embedded database failed: ${message.reason}`);
  });
  worker.on("error", (error) => (reason = error));
  const ended = new Promise<Error>((settle) => worker.once("exit", () => settle(reason)));

  function receive<T extends WorkerMessage["type"]>(type: T): Promise<Answer<T>> {
    return new Promise((settle, reject) => {
      worker.on("message", function listen(message: WorkerMessage) {
        if (message.type !== type) return;
        worker.off("message", listen);
        settle(message as Answer<T>);
      });
      void ended.then(reject);
    });
  }
  async function ask<T extends WorkerMessage["type"]>(request: WorkerRequest, type: T): Promise<Answer<T>> {
    worker.ref();
    const answer = receive(type);
    worker.postMessage(request);
    return answer;
  }

  const { address } = await receive("ready");
  worker.unref();
  void ended.then(() => {
    if (running) onStopped(reason);
    running = false;
  });
  return {
    address,
    async dump() {
      const { dump } = await ask("dump", "dumped");
      worker.unref();
      return dump;
    },
    async close() {
      if (!running) return;
      running = false;
      await ask("close", "closed");
      await ended;
    },
  };
}
