import type pg from "pg";
import type { Confinement } from "./confine.ts";
import { oneAtATime } from "./migrations.ts";

/** The role that work for one environment runs as: it owns nothing, and no policy but the tenant's lets it see rows. */
const applicationRole = "billgraph_app";

/** Policies let the owner of the tables see everything; an owner that cannot take on the role, while it works for nobody. */
const everything = "true";
const unlessForOne = "(current_environment_id() IS NULL)";

/** SQLSTATE of `insufficient_privilege`, of `duplicate_object`, and of `unique_violation`, which a race may end in. */
const forbidden = "42501";
const madeMeanwhile: ReadonlySet<unknown> = new Set(["42710", "23505"]);

/**
 * Prepares a database that has all its migrations for confined work: makes the role, lets the connected user take it on,
 * and gives it the tables. A user that may not make or take on the role is confined itself. When no work is to be
 * confined, it only makes sure that the connected user sees all rows, and gives undefined.
 */
export function prepareConfinement(
  connection: pg.PoolConfig,
  wanted: boolean,
): Promise<Confinement | undefined> {
  return oneAtATime(connection, async (pool) => {
    const role = wanted && (await offerRole(pool)) ? applicationRole : undefined;
    if (wanted) await refuseBypass(pool, role);
    if (role) await grantTables(pool);
    await admitOwner(pool, wanted && !role ? unlessForOne : everything);
    return wanted ? { role } : undefined;
  });
}

/** Makes the role where it is missing. Gives whether the connected user may take it on. */
async function offerRole(pool: pg.Pool): Promise<boolean> {
  if (await mayTakeRole(pool)) return true;
  try {
    const { rowCount } = await pool.query("SELECT FROM pg_roles WHERE rolname = $1", [applicationRole]);
    if (!rowCount) await pool.query(`CREATE ROLE ${applicationRole} NOLOGIN`).catch(ignoreRace);
    await pool.query(`GRANT ${applicationRole} TO CURRENT_USER`).catch(ignoreRace);
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  return mayTakeRole(pool);
}

async function mayTakeRole(pool: pg.Pool): Promise<boolean> {
  try {
    await pool.query(`BEGIN; SET LOCAL ROLE ${applicationRole}; ROLLBACK`);
    return true;
  } catch (error) {
    await pool.query("ROLLBACK");
    // A role that does not exist is an invalid value of the setting.
    if (isForbidden(error) || (error as pg.DatabaseError).code === "22023") return false;
    throw error;
  }
}

/** Policies do not hold for who may bypass them. */
async function refuseBypass(pool: pg.Pool, role: string | undefined): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles
     WHERE rolname = coalesce($1, current_user) AND (rolsuper OR rolbypassrls)`,
    [role],
  );
  const [found] = rows;
  if (!found) return;
  throw new Error(
    `row level security does not hold for the database user ${found.name}: see Tenants in docs/running.md`,
  );
}

/** Tables and sequences that come later are granted when they are made; those of the job queue are not ours to read. */
async function grantTables(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ lacks: boolean; beyond: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname <> '_prisma_migrations'
         AND NOT has_table_privilege($1, oid, 'SELECT')
     ) AS lacks, EXISTS (
       SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
       WHERE d.defaclnamespace = 0 AND d.defaclrole = current_user::regrole AND a.grantee = $1::regrole
     ) AS beyond`,
    [applicationRole],
  );
  const [{ lacks, beyond } = { lacks: true, beyond: true }] = rows;
  if (beyond) {
    await pool.query(`
      ALTER DEFAULT PRIVILEGES REVOKE USAGE ON SCHEMAS FROM ${applicationRole};
      ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM ${applicationRole};
      ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM ${applicationRole}`);
  }
  if (!lacks && !beyond) return;
  await pool.query(`
    GRANT USAGE ON SCHEMA public TO ${applicationRole};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${applicationRole};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${applicationRole};
    REVOKE ALL ON _prisma_migrations FROM ${applicationRole};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${applicationRole};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${applicationRole}`);
}

/** Lets the connected user past the policies as far as `condition` says. A table's policy may be another's, after a restore. */
async function admitOwner(pool: pg.Pool, condition: string): Promise<void> {
  const { rows } = await pool.query<{ table: string }>(
    `SELECT c.oid::regclass::text AS "table" FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND NOT EXISTS (
       SELECT FROM pg_policy p
       WHERE p.polrelid = c.oid AND p.polname = 'platform' AND pg_get_expr(p.polqual, p.polrelid) = $1
         AND EXISTS (SELECT FROM unnest(p.polroles) AS admitted WHERE pg_has_role(admitted, 'USAGE')))`,
    [condition],
  );
  if (!rows.length) return;
  const policies = rows.map(
    ({ table }) => `DROP POLICY IF EXISTS platform ON ${table};
      CREATE POLICY platform ON ${table} TO CURRENT_USER USING (${condition});`,
  );
  await pool.query(policies.join("\n"));
}

function isForbidden(error: unknown): boolean {
  return (error as pg.DatabaseError).code === forbidden;
}

function ignoreRace(error: pg.DatabaseError): void {
  if (!madeMeanwhile.has(error.code)) throw error;
}
