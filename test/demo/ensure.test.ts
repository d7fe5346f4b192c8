import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { reader } from "../../src/db/transaction.ts";
import { ensureDemo } from "../../src/demo/ensure.ts";
import { demoEnvironments, demoMerchant } from "../../src/demo/merchant.ts";
import { keyAuthenticator, revokeKey } from "../../src/domains/access/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";

const today = "2026-03-31";

let database: TestDatabase;
let folder: string;
let key: string | null;

const ensure = () => ensureDemo(database, folder, today);
const ownerOf = (text: string | null) => keyAuthenticator(reader(database))(text ?? "");

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "billgraph-demo-"));
  await writeFile(join(folder, "demo-key"), "rk_sandbox_of_a_database_that_was_deleted\n");
  key = await ensure();
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

test("an empty database gets a merchant, a full sandbox, a small live environment, and a key", async () => {
  expect(await ownerOf(key)).toMatchObject({
    environmentId: demoEnvironments.sandbox,
    merchantName: demoMerchant.name,
    keyName: "Demo key",
    scopes: ["*"],
    livemode: false,
  });
  const { prisma } = database;
  const countIn = (environmentId: string) => prisma.customer.count({ where: { environmentId } });
  expect(await countIn(demoEnvironments.sandbox)).toBe(200);
  expect(await countIn(demoEnvironments.live)).toBe(5);
  expect(await prisma.invoice.count({ where: { environmentId: demoEnvironments.sandbox } })).toBe(2_000);
  expect(await prisma.usageEvent.count({ where: { environmentId: demoEnvironments.sandbox } })).toBe(20_000);
});

test("a database with other data is left alone", async () => {
  const other = await openTestDatabase();
  const data = { id: newId(), merchantId: newId(), merchantName: "Other", livemode: true };
  await other.prisma.environment.create({ data });
  expect(await ensureDemo(other, join(folder, "other"), today)).toBeNull();
  expect(await other.prisma.environment.count()).toBe(1);
  expect(await other.prisma.apiKey.count()).toBe(0);
  await other.close();
});

const file = () => join(folder, "demo-key");

describe.skipIf(serverUrl)("beside an embedded database", () => {
  test("the key is kept for its owner's eyes, and told at every start", async () => {
    expect(await readFile(file(), "utf8")).toBe(`${key}\n`);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await ensure()).toBe(key);
    expect(await database.prisma.apiKey.count()).toBe(1);
  });

  test("a key that was lost is replaced, and one that was revoked is not", async () => {
    await rm(file());
    const other = await ensure();
    expect(other).not.toBe(key);
    const owner = await ownerOf(other);
    expect(owner).toMatchObject({ environmentId: demoEnvironments.sandbox });
    expect(await ensure()).toBe(other);
    await revokeKey(database.prisma, owner?.keyId ?? "");
    expect(await ensure()).toBeNull();
  });
});

describe.runIf(serverUrl)("on a server", () => {
  test("the key is told where it is kept, and a lost one is not replaced", async () => {
    expect(await ensure()).toBe(key);
    await rm(file());
    expect(await ensure()).toBeNull();
  });

  test("of several processes that start at once, one fills the database", async () => {
    const empty = await openTestDatabase();
    const others = await Promise.all(
      Array.from({ length: 3 }, () => openDatabase({ databaseUrl: empty.url, poolSize: 2 })),
    );
    const keys = await Promise.all(
      others.map((other, machine) => ensureDemo(other, join(folder, `machine-${machine}`), today)),
    );
    expect(keys.filter((each) => each !== null)).toHaveLength(1);
    expect(await empty.prisma.customer.count()).toBe(205);
    expect(await empty.prisma.apiKey.count()).toBe(1);
    await Promise.all([...others, empty].map((other) => other.close()));
  });
});
