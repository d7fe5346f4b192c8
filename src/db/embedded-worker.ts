import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { btree_gin } from "@electric-sql/pglite/contrib/btree_gin";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

/** What the worker is started with. */
export interface WorkerInput {
  /** PostgreSQL, compiled. */
  readonly code: WebAssembly.Module;
  /** Where PostgreSQL keeps its files; in memory when it is missing. */
  readonly folder?: string;
  /** A dump to start from, for a database that has no files yet. */
  readonly template?: Uint8Array | ArrayBuffer;
  /** Where to listen; a port of 0 means any. Without it the files are made, and nobody can connect. */
  readonly listen?: { readonly path: string } | { readonly host: string; readonly port: number };
}

/** What the worker can be asked for. */
export type WorkerRequest = "dump" | "close";

/** What the worker says: `ready` first, then the answers. `failed` is its last word. */
export type WorkerMessage =
  | { readonly type: "ready"; readonly address: string }
  | { readonly type: "dumped"; readonly dump: Uint8Array }
  | { readonly type: "closed" }
  | { readonly type: "failed"; readonly reason: string };

/** More than the one connection that is used at a time, for one that is just being replaced. */
const mostConnections = 4;

/** The first bytes of the messages that PostgreSQL answers with a `ReadyForQuery`: Query and Sync. */
const questions: ReadonlySet<number | undefined> = new Set(Buffer.from("QS"));

/** How a `ReadyForQuery` begins: its type, and its length of 5. One byte follows. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5]);

/** How many of PostgreSQL's last words go into the reason of a failure. */
const lastWords = 20;

if (!parentPort) throw new Error("embedded-worker.ts runs in a worker thread");
const port = parentPort;
const words: string[] = [];

await serve(workerData as WorkerInput).catch(fail);

async function serve({ code, folder, template, listen }: WorkerInput): Promise<void> {
  const database = await PGlite.create({
    pgliteWasmModule: code,
    ...(folder !== undefined && { dataDir: folder }),
    ...(template && { loadDataDir: new Blob([template as ArrayBuffer]) }),
    extensions: { pg_trgm, btree_gin },
    onStderr: (line) => {
      words.push(line);
      if (words.length > lastWords) words.shift();
      return false;
    },
  });
  failAfterCrash(database);
  const server =
    listen && new PGLiteSocketServer({ db: database, maxConnections: mostConnections, ...listen });
  await server?.start();
  port.on("message", (request: WorkerRequest) => {
    (request === "dump" ? dump(database) : close(database, server)).catch(fail);
  });
  send({ type: "ready", address: server?.getServerConn() ?? "" });
}

/**
 * Fails when PostgreSQL itself crashes, for example out of stack. PGlite and the socket server overlook some of the
 * crashes, leave PostgreSQL in whatever state it is in, and the client without an answer for ever.
 */
function failAfterCrash(database: PGlite): void {
  const run = database.execProtocolRawStream.bind(database);
  database.execProtocolRawStream = async (message, options) => {
    let ready = false;
    await run(message, {
      ...options,
      onRawData(data) {
        ready = readyForQuery.equals(data.subarray(-6, -1));
        options?.onRawData(data);
      },
    }).catch(fail);
    if (questions.has(message[0]) && !ready) fail(new Error("PostgreSQL has crashed"));
  };
}

async function dump(database: PGlite): Promise<void> {
  const file = await database.dumpDataDir("none");
  const bytes = new Uint8Array(await file.arrayBuffer());
  send({ type: "dumped", dump: bytes }, [bytes.buffer]);
}

async function close(database: PGlite, server: PGLiteSocketServer | undefined): Promise<void> {
  await server?.stop();
  await database.close();
  send({ type: "closed" });
  port.close();
}

/** Ends the thread, and with it every connection. */
function fail(error: unknown): never {
  // What PGlite throws need not be an error.
  const { message = String(error) } = error as { message?: string };
  send({ type: "failed", reason: [message, ...words].join("\n") });
  process.exit(1);
}

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
