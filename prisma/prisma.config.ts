import { defineConfig } from "prisma/config";

const url = process.env["DATABASE_URL"];

// Paths are relative to this file. Only commands like `prisma migrate deploy` and `prisma studio` need the database.
export default defineConfig({
  schema: "models",
  migrations: { path: "migrations" },
  ...(url && { datasource: { url } }),
});
