import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";

let database: TestDatabase;
let constraints: { table: string; name: string; kind: string; columns: string[]; target: string | null }[];
beforeAll(async () => {
  database = await openTestDatabase();
  const { rows } = await database.pool.query(`
    SELECT c.relname AS "table", i.relname AS name, 'unique' AS kind, NULL AS target,
           array(SELECT coalesce(a.attname, '(expression)') FROM unnest(x.indkey[0:x.indnkeyatts - 1]) WITH ORDINALITY k(number, place)
                 LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0 ORDER BY k.place)::text[] AS columns
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indisunique AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT c.conrelid::regclass::text, c.conname, 'foreign', c.confrelid::regclass::text,
           array(SELECT a.attname FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place)::text[]
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace`);
  constraints = rows;
});
afterAll(() => database.close());

/** What belongs to the platform, and is small: a distributed database keeps a copy of it everywhere. */
const platform = new Set(["environments", "api_keys", "_prisma_migrations"]);

describe("the key of the tenant", () => {
  const ofTenants = () => constraints.filter(({ table }) => !platform.has(table));

  it("is a part of each unique key, so that one node can keep it unique", () => {
    const unique = ofTenants().filter(({ kind }) => kind === "unique");
    expect(unique.length).toBeGreaterThan(60);
    const without = unique.filter(({ columns }) => !columns.includes("environment_id"));
    expect(without.map(({ table, name }) => `${table}: ${name}`)).toEqual([]);
  });

  it("is a part of each foreign key, so that it never leads to another node", () => {
    const foreign = ofTenants().filter(({ kind }) => kind === "foreign");
    expect(foreign.length).toBeGreaterThan(60);
    const without = foreign.filter(({ columns }) => !columns.includes("environment_id"));
    expect(without.map(({ table, name }) => `${table}: ${name}`)).toEqual([]);
  });
});
