import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../src/db/database.ts";
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

/** Makes a stage: on the server of the suite, or in a folder of its own. */
export async function makeStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "billgraph-command-"));
  const dataDir = join(folder, "data");
  const template = inject("template");
  const server = template.kind === "postgres" ? await openTestDatabase(2) : undefined;
  const open = (): Promise<Database> => openDatabase({ databaseUrl: server?.url, dataDir, poolSize: 2 });
  if (template.kind === "embedded") {
    await (await openDatabase({ dataDir, poolSize: 1, template: await readFile(template.file) })).close();
  }
  const env = {
    PATH: process.env["PATH"],
    DATA_DIR: dataDir,
    ...(server?.url && { DATABASE_URL: server.url }),
  };
  return {
    dataDir,
    run: (name, args, { interruptAt } = {}) =>
      new Promise((done, fail) => {
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
      }),
    look: async (work) => {
      const database = await open();
      try {
        return await work(database);
      } finally {
        await database.close();
      }
    },
    remove: async () => {
      await server?.close();
      await rm(folder, { recursive: true });
    },
  };
}
