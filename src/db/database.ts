import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import type { Confinement } from "./confine.ts";
import { startEmbedded } from "./embedded.ts";
import { keepEventHistory } from "./events/history.ts";
import { PrismaClient } from "./generated/prisma/client.ts";
import { prepareConfinement } from "./isolation.ts";
import { applyMigrations, oneAtATime } from "./migrations.ts";
import { createPool } from "./pool.ts";
import { promptly } from "./silence.ts";
import { checkServer, readDatabaseUrl } from "./server.ts";
import { keepUp } from "./upkeep.ts";

export interface DatabaseOptions {
  /** A connection string of PostgreSQL; without one, the embedded database runs. */
  readonly databaseUrl?: string | undefined;
  /** The folder of the embedded database; without one it is in memory. */
  readonly dataDir?: string | undefined;
  /** A dump of another embedded database, for a new one to start from. */
  readonly template?: Uint8Array | ArrayBuffer | undefined;
  /** The most connections to PostgreSQL; the embedded database has one. */
  readonly poolSize: number;
  /** After how many milliseconds PostgreSQL gives up on a statement. The embedded database never does. */
  readonly statementTimeoutMs?: number | undefined;
  /** Whether the database itself keeps work for an environment to its rows; it does unless told not to. */
  readonly rowLevelSecurity?: boolean | undefined;
  /** Told when a connection dies; the pool replaces it. */
  readonly onConnectionError?: ((error: Error) => void) | undefined;
  /** Told why when the embedded database stops by itself; nothing works after it. */
  readonly onStopped?: ((reason: Error) => void) | undefined;
}

/** A database with all its migrations. */
export interface Database {
  readonly kind: "embedded" | "postgres";
  readonly pool: pg.Pool;
  /** A few connections for what must answer though all others are taken: looking up keys, health. `pool` when embedded. */
  readonly adminPool: pg.Pool;
  /** Uses `pool`. */
  readonly prisma: PrismaClient;
  /** Whether statements may be prepared by name. */
  readonly prepares: boolean;
  /** How the database keeps work for an environment to its rows; undefined when it does not. */
  readonly confinement: Confinement | undefined;
  /** Stops the statement that the server process with this id runs. An embedded database cannot do that. */
  readonly cancel?: ((processId: number) => Promise<void>) | undefined;
  /** The names of the migrations that opening it has applied. */
  readonly migrated: readonly string[];
  /** All the files of an embedded database, as a template for others; `postgres` databases throw. */
  dump(): Promise<Uint8Array>;
  /** Waits for the connections in use, then closes. */
  close(): Promise<void>;
}

const adminConnections = 2;

/** What is beneath the pools. */
interface Host {
  readonly connection: pg.PoolConfig;
  dump(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens the database and brings its schema up to date. Throws an error that says what to do when it cannot. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const kind = options.databaseUrl === undefined ? "embedded" : "postgres";
  const host =
    options.databaseUrl === undefined ? await startEmbedded(options) : await reach(options.databaseUrl);
  // What lives as long as the database must not hold a template, which is as large as one.
  const { poolSize, statementTimeoutMs, onConnectionError } = options;
  try {
    const migrated = await applyMigrations(host.connection);
    await oneAtATime(host.connection, keepEventHistory);
    const confinement = await prepareConfinement(host.connection, options.rowLevelSecurity ?? true);
    const open = (max: number) =>
      createPool({
        connection: host.connection,
        max,
        statementTimeoutMs,
        onConnectionError,
      });
    const pool = open(poolSize);
    const adminPool = kind === "embedded" ? pool : open(adminConnections);
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    const endUpkeep = kind === "embedded" ? keepUp(pool) : () => {};
    return {
      kind,
      pool,
      adminPool,
      prisma,
      prepares: true,
      confinement,
      cancel: kind === "embedded" ? undefined : (processId) => cancelBackend(adminPool, processId),
      migrated,
      async dump() {
        await pool.query("CHECKPOINT");
        return await host.dump();
      },
      async close() {
        endUpkeep();
        await prisma.$disconnect();
        await pool.end();
        if (adminPool !== pool) await adminPool.end();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function cancelBackend(pool: pg.Pool, processId: number): Promise<void> {
  await pool.query({ text: "SELECT pg_cancel_backend($1)", values: [processId], ...promptly });
}

async function reach(databaseUrl: string): Promise<Host> {
  const connection = readDatabaseUrl(databaseUrl);
  await checkServer(connection);
  return {
    connection,
    dump: () => Promise.reject(new Error("only an embedded database can be dumped")),
    close: () => Promise.resolve(),
  };
}
