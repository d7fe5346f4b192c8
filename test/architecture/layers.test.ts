import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cruise, type Findings } from "./cruise.ts";
import { rules } from "./rules.ts";

const repository = resolve(import.meta.dirname, "../..");

describe("the source", () => {
  test("keeps to the layers", async () => {
    const { modules, imports, violations } = await cruise(repository);
    expect(violations).toEqual([]);
    expect(modules.length).toBeGreaterThan(60);
    expect(imports).toBeGreaterThan(200);
  });
});

/** A small program that keeps every rule: each file with what it imports. */
const sound: Record<string, string[]> = {
  "src/main.ts": ["./config.ts", "./graph/schema.ts", "./http/server.ts", "./commands/seed.ts", "pg"],
  "src/config.ts": ["./kit/ids.ts", "zod"],
  "src/kit/ids.ts": ["uuid", "node:crypto"],
  "src/db/client.ts": ["../kit/ids.ts", "pg", "node:fs"],
  "src/graph/builder.ts": ["@pothos/core", "../db/client.ts"],
  "src/graph/loaders.ts": ["dataloader"],
  "src/graph/schema.ts": ["./builder.ts", "../domains/orders/graph.ts", "../domains/people/graph.ts"],
  "src/http/server.ts": ["../graph/schema.ts", "../domains/people/index.ts", "graphql-yoga"],
  "src/commands/seed.ts": ["../config.ts", "../db/client.ts", "../domains/people/index.ts"],
  "src/domains/people/graph.ts": ["./mutations.ts", "./schema.ts"],
  "src/domains/people/index.ts": ["./create.ts"],
  "src/domains/people/create.ts": ["./status.ts", "../../db/client.ts", "../../kit/ids.ts"],
  "src/domains/people/status.ts": [],
  "src/domains/people/loaders.ts": ["../../db/client.ts", "../../graph/loaders.ts", "./status.ts"],
  "src/domains/people/mutations.ts": ["./create.ts", "../../graph/builder.ts"],
  "src/domains/people/schema.ts": ["./loaders.ts", "../../graph/builder.ts", "graphql"],
  "src/domains/orders/graph.ts": ["./schema.ts"],
  "src/domains/orders/schema.ts": ["../../graph/builder.ts", "./place.ts"],
  "src/domains/orders/place.ts": ["../people/index.ts"],
};

/** One breach each: the rule, a file (new, or one of the sound program), and what that file must not import. */
const breaches: [rule: string, file: string, imported: string][] = [
  ["kit-stands-alone", "src/kit/a.ts", "../db/client.ts"],
  ["kit-stands-alone", "src/kit/b.ts", "graphql"],
  ["kit-stands-alone", "src/kit/c.ts", "@prisma/client"],
  ["kit-does-no-io", "src/kit/d.ts", "node:fs"],
  ["db-knows-only-the-kit", "src/db/a.ts", "../graph/builder.ts"],
  ["db-knows-only-the-kit", "src/db/b.ts", "graphql"],
  ["verbs-know-no-graphql", "src/domains/people/archive.ts", "graphql"],
  ["verbs-know-no-graphql", "src/domains/people/rename.ts", "../../graph/builder.ts"],
  ["verbs-know-no-graphql", "src/domains/people/merge.ts", "./loaders.ts"],
  ["loaders-only-read", "src/domains/orders/loaders/a.ts", "../../../graph/builder.ts"],
  ["loaders-only-read", "src/domains/orders/loaders/b.ts", "../schema.ts"],
  ["fields-hold-no-sql", "src/domains/orders/mutations.ts", "pg"],
  ["domains-meet-at-the-index", "src/domains/orders/cancel.ts", "../people/create.ts"],
  ["outsiders-meet-domains-at-the-index", "src/commands/keys.ts", "../domains/people/create.ts"],
  ["outsiders-meet-domains-at-the-index", "src/http/health.ts", "../domains/people/loaders.ts"],
  ["graph-below-the-domains", "src/graph/a.ts", "../domains/people/index.ts"],
  ["assembly-reads-lists-only", "src/graph/schema.ts", "../domains/people/schema.ts"],
  ["lists-read-roles-only", "src/domains/people/graph.ts", "./status.ts"],
  ["assembly-is-not-for-domains", "src/domains/things/schema.ts", "../../graph/schema.ts"],
  ["http-is-for-main", "src/commands/serve.ts", "../http/server.ts"],
  ["config-is-for-composition-roots", "src/http/limits.ts", "../config.ts"],
  ["roots-are-not-imported", "src/http/a.ts", "../main.ts"],
  ["no-cycles", "src/kit/e.ts", "./e.ts"],
  ["no-dead-code", "src/kit/unused.ts", "uuid"],
  ["resolvable", "src/kit/f.ts", "./missing.ts"],
  ["runtime-dependencies-only", "src/http/b.ts", "fast-check"],
];

describe("the rules", () => {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  /** Checks a program given as its files, each with what it imports: specifiers, or whole statements. */
  async function program(files: Record<string, string[]>): Promise<Findings> {
    const root = await mkdtemp(join(tmpdir(), "layers-"));
    folders.push(root);
    for (const name of ["node_modules", "package.json"])
      await symlink(join(repository, name), join(root, name));
    for (const [file, imports] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      const statements = imports.map((from) => (from.includes(" ") ? from : `import "${from}";`));
      await writeFile(join(root, file), [...statements, "export {};", ""].join("\n"));
    }
    return cruise(root);
  }

  test.each([
    `import "../db/client.ts";`,
    `import { pool } from "../db/client.ts";`,
    `import type { Pool } from "../db/client.ts";`,
    `import { type Pool } from "../db/client.ts";`,
    `export * from "../db/client.ts";`,
    `export { pool } from "../db/client.ts";`,
    `export type { Pool } from "../db/client.ts";`,
    `export const pool = async () => (await import("../db/client.ts")).pool;`,
  ])("see %s", async (statement) => {
    const { violations } = await program({ ...sound, "src/kit/ids.ts": [statement] });
    expect(violations).toContain("kit-stands-alone: src/kit/ids.ts -> src/db/client.ts");
  });

  test("let a sound program pass", async () => {
    const { modules, violations } = await program(sound);
    expect(violations).toEqual([]);
    expect(modules.toSorted()).toEqual(Object.keys(sound).toSorted());
  });

  describe("catch", () => {
    let violations: string[];
    beforeAll(async () => {
      const files = { ...sound };
      for (const [, file, imported] of breaches) files[file] = [...(sound[file] ?? []), imported];
      ({ violations } = await program(files));
    });

    test.each(breaches)("%s: %s -> %s", (rule, file) => {
      expect(violations.filter((line) => line.startsWith(`${rule}: ${file} ->`))).not.toEqual([]);
    });

    test("and every rule has its breach", () => {
      expect(rules.map(({ name }) => name).toSorted()).toEqual(
        [...new Set(breaches.map(([rule]) => rule))].toSorted(),
      );
    });
  });
});
