import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type pg from "pg";
import { startThread } from "./embedded-thread.ts";
import { lockFolder } from "./folder-lock.ts";

export interface EmbeddedOptions {
  /** The folder of the database, made when it is missing; without one, the database is in memory. */
  readonly dataDir?: string | undefined;
  /** What `dump` gave, for a new database to start from. Not read when the folder has a database already. */
  readonly template?: Uint8Array | ArrayBuffer | undefined;
  /** Told why when the database stops without having been asked; its connections break. */
  readonly onStopped?: ((reason: Error) => void) | undefined;
}

/** PostgreSQL inside this process. */
export interface EmbeddedDatabase {
  /** How to connect: one connection at a time. */
  readonly connection: pg.PoolConfig;
  /** All the database's files, as a tar archive. */
  dump(): Promise<Uint8Array>;
  /** Stops the database. Close the connections first. */
  close(): Promise<void>;
}

/** Unix socket paths may have 104 bytes on some systems, the final zero included. */
const longestPath = 103;

/**
 * Starts PGlite, PostgreSQL as WebAssembly, in a thread that serves it on a socket which only this user can open.
 * What was committed survives the end of the process in any way, `kill -9` included; but not of the machine, since
 * nothing is flushed to the disk itself.
 *
 * There is one session, which all connections would share, and a statement with more than 64 kB of parameters arrives
 * in pieces, between which the statements of another connection would run and mix with it. Hence one connection at a
 * time, which begins with a session that remembers nothing.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  const cleanups: (() => void)[] = [];
  const cleanup = () => {
    for (const undo of cleanups.splice(0).toReversed()) undo();
  };
  process.once("exit", cleanup);
  cleanups.push(() => process.off("exit", cleanup));
  try {
    const { dataDir, template } = options;
    let folder: string | undefined;
    if (dataDir !== undefined) {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      cleanups.push(lockFolder(resolve(dataDir)));
      folder = await prepareFolder(resolve(dataDir), template);
    }
    const socket = process.platform === "win32" ? undefined : makeSocketFolder();
    if (socket) cleanups.push(() => rmSync(socket, { recursive: true, force: true }));
    const listen = socket ? { path: join(socket, ".s.PGSQL.5432") } : { host: "127.0.0.1", port: 0 };
    const files = folder === undefined ? template && { template } : { folder };
    const thread = await startThread({ ...files, listen }, options.onStopped);
    return {
      connection: connectTo(thread.address, socket),
      dump: () => thread.dump(),
      close: () => thread.close().finally(cleanup),
    };
  } catch (error) {
    cleanup();
    throw error;
  }
}

function connectTo(address: string, socket: string | undefined): pg.PoolConfig {
  return {
    ...(socket ? { host: socket, port: 5432 } : { host: "127.0.0.1", port: Number(address.split(":")[1]) }),
    user: "postgres",
    database: "postgres",
    ssl: false,
    max: 1,
    onConnect: (client) => client.query("DISCARD ALL"),
  };
}

/** A new database gets its place when its files are complete, so that no interrupted start leaves half of one. */
async function prepareFolder(dataDir: string, template: EmbeddedOptions["template"]): Promise<string> {
  const folder = join(dataDir, "postgres");
  if (existsSync(folder)) return folder;
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  const thread = await startThread({ folder: draft, ...(template && { template }) });
  await thread.close();
  renameSync(draft, folder);
  return folder;
}

function makeSocketFolder(): string {
  const parent =
    Buffer.byteLength(join(tmpdir(), "billgraph-XXXXXX", ".s.PGSQL.5432")) > longestPath ? "/tmp" : tmpdir();
  return mkdtempSync(join(parent, "billgraph-"));
}
