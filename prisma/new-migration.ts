import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findDifference, migrationsFolder, modelsFolder } from "./difference.ts";

// `node prisma/new-migration.ts <name>`: writes the next migration, with the SQL that the models need.
const [name = ""] = process.argv.slice(2);
if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) {
  console.error("usage: node prisma/new-migration.ts <name>, in lower case letters, digits and underscores");
  process.exit(2);
}
const sql = await findDifference(modelsFolder, migrationsFolder);
const time = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
const folder = join(migrationsFolder, `${time}_${name}`);
mkdirSync(folder);
writeFileSync(
  join(folder, "migration.sql"),
  sql || "-- The models need nothing: write here what they cannot say.\n",
);
console.log(`${folder}/migration.sql: read it, and edit it, before it is committed.`);
