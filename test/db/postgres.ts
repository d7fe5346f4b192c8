import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import pg from "pg";

/** A PostgreSQL server where databases may be created; tests that need one are skipped without it. */
export const serverUrl = process.env["TEST_DATABASE_URL"];

/** Creates an empty database for the running test, and gives its connection string. */
export async function createEmptyDatabase(): Promise<string> {
  const name = `plumbing_${randomUUID().replaceAll("-", "")}`;
  await administer(`CREATE DATABASE ${name}`);
  onTestFinished(() => administer(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(serverUrl ?? "");
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement outside of any test's database. */
export async function administer(statement: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}
