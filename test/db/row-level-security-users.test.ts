import { randomBytes } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/reader.ts";
import { transact } from "../../src/db/transaction.ts";
import { newId } from "../../src/kit/ids.ts";
import { administer, createEmptyDatabase, serverUrl } from "./postgres.ts";

/** A database of the running test's own, owned by a new user of this kind, and opened by it. */
async function openAs(attributes: string, role?: string): Promise<Database> {
  const user = `billgraph_user_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(16).toString("hex");
  await administer(`CREATE ROLE ${user} LOGIN PASSWORD '${password}' ${attributes}`);
  onTestFinished(() => administer(`DROP ROLE ${user}`));
  if (role) await administer(`GRANT ${role} TO ${user}`);
  const url = new URL(await createEmptyDatabase());
  await administer(`ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${user}`);
  const database = await openDatabase({
    databaseUrl: Object.assign(url, { username: user, password }).href,
    poolSize: 2,
  });
  onTestFinished(() => database.close());
  return database;
}

async function newEnvironment({ prisma }: Database): Promise<string> {
  const id = newId();
  const data = { id, merchantId: newId(), merchantName: "Merchant", livemode: false };
  await prisma.environment.create({ data });
  return id;
}

const seen = Prisma.sql`SELECT id FROM environments UNION ALL SELECT (record).id FROM own_environments`;

describe.runIf(serverUrl)("an owner of the database that is no superuser", () => {
  it.each([
    { name: "may take on the role", role: "billgraph_app" },
    { name: "may not, and make none", role: undefined },
  ])("and $name, keeps work for an environment to it", async ({ role }) => {
    const database = await openAs("NOCREATEROLE", role);
    expect(database.confinement).toEqual({ role });
    const [own] = [await newEnvironment(database), await newEnvironment(database)];
    const writer = { environmentId: own, actor: "test", requestId: null, now: new Date() };

    expect(await reader(database, own).query(seen)).toEqual([{ id: own }, { id: own }]);
    expect(await transact(database, writer, ({ query }) => query(seen))).toEqual([{ id: own }, { id: own }]);
    // As the platform it sees all, and no environment is its own.
    expect(await reader(database, platform).query(seen)).toHaveLength(2);
    const { rows } = await database.pool.query("SELECT current_user <> 'billgraph_app' AS itself");
    expect(rows).toEqual([{ itself: true }]);
  });

  it("is refused when policies do not hold for it", async () => {
    await expect(openAs("BYPASSRLS")).rejects.toThrow(/does not hold for .* docs\/running.md/);
  });
});
