import { join } from "node:path";
import { startEmbedded } from "../src/db/embedded.ts";
import { applyMigrations } from "../src/db/migrations.ts";
import { createPool } from "../src/db/pool.ts";
import { everything, openSchemaEngine, readModels } from "../src/db/schema-engine.ts";

export const migrationsFolder = join(import.meta.dirname, "migrations");
export const modelsFolder = join(import.meta.dirname, "models");

/**
 * The SQL that leads from what the migrations make of an empty database to what the models say; empty when they agree.
 *
 * The engine compares what models can say. It sees no check constraints, expression indexes, partial indexes, triggers,
 * functions, extensions or policies: these live in migrations only.
 */
export async function findDifference(models: string, migrations: string): Promise<string> {
  const { files } = await readModels(models);
  const database = await startEmbedded();
  try {
    await applyMigrations(database.connection, migrations);
    const pool = createPool({ connection: database.connection, max: 1 });
    try {
      const engine = await openSchemaEngine(pool);
      const { exitCode, stdout } = await engine.diff({
        from: { tag: "schemaDatasource", files, configDir: models },
        to: { tag: "schemaDatamodel", files },
        script: true,
        exitCode: true,
        filters: everything,
      });
      return exitCode === 0 ? "" : (stdout ?? "");
    } finally {
      await pool.end();
    }
  } finally {
    await database.close();
  }
}
