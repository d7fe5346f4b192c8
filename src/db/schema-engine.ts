import type { Dirent } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import type pg from "pg";
import { schemaAdapters } from "./schema-adapter.ts";

export type SchemaEngine = bindings.SchemaEngine;

/** Leaves out no table and no enum. */
export const everything = { externalTables: [], externalEnums: [] };

const require = createRequire(import.meta.url);
let loaded: Promise<void> | undefined;

/**
 * Prisma's schema engine on a database. The pool must be the engine's own, with one connection: the engine holds a
 * lock as long as its session lasts.
 */
export async function openSchemaEngine(pool: pg.Pool): Promise<SchemaEngine> {
  await (loaded ??= load());
  const factory = bindMigrationAwareSqlAdapterFactory(schemaAdapters(pool));
  return await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
}

/** Reads the migrations in `folder`, which must exist, in the order of their names. */
export async function readMigrations(folder: string): Promise<bindings.MigrationList> {
  const names = await listFolder(folder, (entry) => entry.isDirectory());
  const lockfile = "migration_lock.toml";
  return {
    baseDir: folder,
    lockfile: { path: lockfile, content: await readFile(join(folder, lockfile), "utf8").catch(() => null) },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (name) => {
        const value = await readFile(join(folder, name, "migration.sql"), "utf8");
        return {
          path: name,
          migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value } },
        };
      }),
    ),
  };
}

/** Reads the models in `folder`, one file or more. */
export async function readModels(folder: string): Promise<bindings.SchemasContainer> {
  const names = await listFolder(folder, (entry) => entry.name.endsWith(".prisma"));
  const paths = names.map((name) => join(folder, name));
  return {
    files: await Promise.all(paths.map(async (path) => ({ path, content: await readFile(path, "utf8") }))),
  };
}

async function listFolder(folder: string, wanted: (entry: Dirent) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(wanted)
    .map((entry) => entry.name)
    .toSorted();
}

/** Does what `import "@prisma/schema-engine-wasm"` would, were the import of WebAssembly not experimental in Node. */
async function load(): Promise<void> {
  const file = join(require.resolve("@prisma/schema-engine-wasm"), "../schema_engine_bg.wasm");
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: panic } });
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports,
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
}

function panic(message: string): never {
  throw new Error(`Prisma's schema engine panicked: ${message}`);
}
