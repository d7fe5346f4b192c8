import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { startEmbedded } from "../../src/db/embedded.ts";
import { openTestDatabase } from "../kit/database.ts";

const commands = resolve(import.meta.dirname, "../../src/commands");

/** What a program said, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A migrated database that programs are run on, each in a process of its own. */
export interface Stage {
  /** The folder of an embedded database. */
  readonly dataDir: string;
  /** Runs `src/commands/<name>.ts`. `interruptAt` sends SIGINT when standard error has the text. */
  run(name: string, args: readonly string[], options?: { readonly interruptAt?: string }): Promise<Outcome>;
  /** Looks into the database. An embedded one is open only meanwhile. */
  look<T>(work: (database: Database) => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

/** Where programs run, and on which database. */
interface Place {
  readonly folder: string;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  /** What is to be done before somebody connects. */
  readonly beforeEach?: () => Promise<void>;
}

/** Makes a stage: on the server of the suite, or on an embedded database in a folder of its own, which every program starts. */
export async function makeStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "billgraph-command-"));
  const dataDir = join(folder, "data");
  const template = inject("template");
  const server = template.kind === "postgres" ? await openTestDatabase(2) : undefined;
  if (template.kind === "embedded") {
    await (await openDatabase({ dataDir, poolSize: 1, template: await readFile(template.file) })).close();
  }
  return stageOn({ folder, dataDir, ...(server?.url && { databaseUrl: server.url }) }, async () =>
    server?.close(),
  );
}

/**
 * Makes a stage for programs that say nothing of the kind of their database: it is always running, so that they start in no
 * time.
 */
export async function makeSharedStage(): Promise<Stage> {
  const template = inject("template");
  if (template.kind === "postgres") return makeStage();
  const folder = await mkdtemp(join(tmpdir(), "billgraph-command-"));
  const { connection, close } = await startEmbedded({ template: await readFile(template.file) });
  const databaseUrl = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(String(connection.host))}`;
  // All connections of an embedded database are one session, in turn.
  const beforeEach = async (): Promise<void> => {
    const client = new pg.Client(connection);
    await client.connect();
    await client.query("DISCARD ALL");
    await client.end();
  };
  return stageOn({ folder, dataDir: join(folder, "data"), databaseUrl, beforeEach }, close);
}

function stageOn(place: Place, remove: () => Promise<unknown>): Stage {
  const { folder, dataDir, databaseUrl, beforeEach } = place;
  const env = {
    PATH: process.env["PATH"],
    DATA_DIR: dataDir,
    ...(databaseUrl && { DATABASE_URL: databaseUrl, POOL_SIZE: "1" }),
  };
  return {
    dataDir,
    run: async (name, args, { interruptAt } = {}) => {
      await beforeEach?.();
      return new Promise((done, fail) => {
        const child = spawn(process.execPath, [join(commands, `${name}.ts`), ...args], { cwd: folder, env });
        const said = { stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          const before = said.stderr;
          said.stderr += text;
          if (interruptAt === undefined || before.includes(interruptAt)) return;
          if (said.stderr.includes(interruptAt)) child.kill("SIGINT");
        });
        child.once("error", fail);
        child.once("close", (code) => done({ code, ...said }));
      });
    },
    look: async (work) => {
      await beforeEach?.();
      const database = await openDatabase({ databaseUrl, dataDir, poolSize: 1 });
      try {
        return await work(database);
      } finally {
        await database.close();
      }
    },
    remove: async () => {
      await remove();
      await rm(folder, { recursive: true });
    },
  };
}
