import { findDifference, migrationsFolder, modelsFolder } from "./difference.ts";

// `npm run drift`: fails when the migrations, applied to an empty database, do not give what the models say.
const sql = await findDifference(modelsFolder, migrationsFolder);
if (sql) {
  console.error(`The migrations and the models differ. What is missing in the migrations:\n\n${sql}`);
  console.error("Write it as a migration with: node prisma/new-migration.ts <name>");
  process.exitCode = 1;
} else {
  console.log("The migrations and the models agree.");
}
