import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/db/database.ts";
import { type TestTemplate, serverUrl } from "./database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    template: TestTemplate;
  }
}

/** Makes one database with all migrations, from which every test file gets a copy of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return serverUrl === undefined ? await dumpTemplate(project) : await createTemplate(project, serverUrl);
}

async function dumpTemplate(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "billgraph-test-"));
  const database = await openDatabase({ poolSize: 1 });
  const file = join(folder, "template.tar");
  writeFileSync(file, await database.dump());
  await database.close();
  project.provide("template", { kind: "embedded", file });
  return async () => rmSync(folder, { recursive: true, force: true });
}

async function createTemplate(project: TestProject, server: string): Promise<() => Promise<void>> {
  const name = `billgraph_test_${randomBytes(4).toString("hex")}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await (await openDatabase({ databaseUrl: url.href, poolSize: 1 })).close();
  project.provide("template", { kind: "postgres", server, name });
  return async () => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  };
}
