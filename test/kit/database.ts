import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../src/db/database.ts";

/** The server that the suite runs on, by `TEST_DATABASE_URL`; the embedded database when there is none. */
export const serverUrl: string | undefined = process.env["TEST_DATABASE_URL"] || undefined;

/** Where copies of the migrated database are made from. */
export type TestTemplate =
  | { readonly kind: "embedded"; readonly file: string }
  | { readonly kind: "postgres"; readonly server: string; readonly name: string };

/** A database of the test file's own, with all migrations and no rows. */
export interface TestDatabase extends Database {
  /** How another process reaches it; undefined for an embedded one. */
  readonly url: string | undefined;
}

/**
 * Opens a copy of the migrated database, a server's by way of `route`, with or without row level security. Closing it
 * removes the copy.
 */
export async function openTestDatabase(
  poolSize = 10,
  route: (url: URL) => URL = (url) => url,
  rowLevelSecurity = true,
): Promise<TestDatabase> {
  const template = inject("template");
  if (template.kind === "embedded") {
    const database = await openDatabase({
      poolSize,
      rowLevelSecurity,
      template: await readFile(template.file),
    });
    return { ...database, url: undefined };
  }
  const name = `${template.name}_${randomBytes(4).toString("hex")}`;
  await onServer(template.server, `CREATE DATABASE ${name} TEMPLATE ${template.name}`);
  const url = new URL(template.server);
  url.pathname = `/${name}`;
  const database = await openDatabase({ databaseUrl: route(url).href, poolSize, rowLevelSecurity });
  return {
    ...database,
    url: url.href,
    close: async () => {
      await database.close();
      await onServer(template.server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
