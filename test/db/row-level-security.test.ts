import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(2);
});
afterAll(() => database.close());

/** Prisma's own table of migrations holds nothing of any tenant. */
const ofNobody = ["_prisma_migrations"];

/** The environment that the transaction works for, as PostgreSQL writes what policies say. */
const current = "(NULLIF(current_setting('billgraph.environment_id'::text, true), ''::text))::uuid";

interface Found {
  readonly name: string;
  readonly enabled: boolean;
  readonly policies: readonly string[] | null;
  readonly view: boolean;
  /** Whether it is a part of another table, by which alone it is read. */
  readonly part: boolean;
}

async function query<R>(sql: string, values: unknown[] = []): Promise<R[]> {
  const { rows } = await database.pool.query(sql, values);
  return rows as R[];
}

it("holds for every table", async () => {
  const tables = await query<Found>(
    `SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS enabled, to_regclass('own_' || relname) IS NOT NULL AS view, relispartition AS part,
            (SELECT array_agg(polname || ' ' || polcmd::text || ' ' || pg_get_expr(polqual, polrelid) ORDER BY polname)
             FROM pg_policy WHERE polrelid = c.oid AND polpermissive AND polwithcheck IS NULL) AS policies
     FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> ALL ($1)
     ORDER BY name`,
    [ofNobody],
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const { name, enabled, policies, view, part } of tables) {
    const key = name === "environments" ? "id" : "environment_id";
    const wanted = ["platform * true", `tenant * (${key} = ${current})`];
    expect(
      { enabled, policies, view },
      `Write into the migration that makes the table ${name}: SELECT isolate('${name}');`,
    ).toEqual({ enabled: true, policies: wanted, view: !part });
  }
});

it("is gone round by no view and by no function", async () => {
  const views = await query<{ name: string; text: string }>(
    `SELECT relname AS name, pg_get_viewdef(oid) AS text FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
       AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)`,
  );
  const own = /^ SELECT t\.\*::\w+ AS record FROM \w+ t WHERE \((?:t\.)?(?:environment_id|id) = (.*)\);$/;
  const condition = (text: string) => own.exec(text.replaceAll(/\s+/g, " "))?.[1];
  expect(views.filter(({ text }) => condition(text) !== current)).toEqual([]);
  expect(
    await query(
      "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname",
    ),
  ).toEqual([]);
});

it("binds the role of the application, which owns nothing and may empty no table", async () => {
  expect(database.confinement).toEqual({ role: "billgraph_app" });
  const [role] = await query(
    `SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty,
            EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) AS owns,
            EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND has_table_privilege(r.oid, oid, 'TRUNCATE')) AS empties,
            has_table_privilege(r.oid, '_prisma_migrations', 'SELECT, INSERT, UPDATE, DELETE') AS migrates,
            has_schema_privilege(r.oid, 'public', 'CREATE') AS creates
     FROM pg_roles r WHERE rolname = 'billgraph_app'`,
  );
  expect(role).toEqual({ mighty: false, owns: false, empties: false, migrates: false, creates: false });
});

it("lets the role see and write nothing while it works for nobody", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL ROLE billgraph_app");
    const { rows } = await client.query("SELECT FROM environments");
    expect(rows).toEqual([]);
    await expect(
      client.query(
        "INSERT INTO environments (id, merchant_id, merchant_name, livemode) VALUES (gen_random_uuid(), gen_random_uuid(), 'No', false)",
      ),
    ).rejects.toMatchObject({ code: "42501" });
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
