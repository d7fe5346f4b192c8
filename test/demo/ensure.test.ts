import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { ensureDemo } from "../../src/demo/ensure.ts";
import { demoEnvironments, demoMerchant } from "../../src/demo/merchant.ts";
import { keyAuthenticator, revokeKey } from "../../src/domains/access/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";

const today = "2026-03-31";

let database: TestDatabase;
let folder: string;
let key: string | null;

const ensure = () => ensureDemo(database, folder, [], today);
const ownerOf = (text: string | null) => keyAuthenticator(reader(database, platform))(text ?? "");

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
  expect(await prisma.invoice.count({ where: { environmentId: demoEnvironments.sandbox } })).toBeGreaterThan(
    300,
  );
  expect(await prisma.usageEvent.count({ where: { environmentId: demoEnvironments.sandbox } })).toBe(20_000);
});

test("the sandbox was billed by the engine, on a test clock that stands at the end", async () => {
  const environmentId = demoEnvironments.sandbox;
  const where = { environmentId };
  const { prisma } = database;
  const [clock] = await prisma.testClock.findMany({ where });
  expect(clock).toMatchObject({ status: "READY", now: new Date(`${today}T00:00:00Z`), advancingTo: null });
  // Nobody is left to real time, in which a server would bill him when it starts.
  expect(await prisma.customer.count({ where: { ...where, testClockId: null } })).toBe(0);
  const statuses = await prisma.billingSubscription.groupBy({ by: ["status"], where });
  expect(statuses.map(({ status }) => status).toSorted()).toEqual([
    "ACTIVE",
    "CANCELED",
    "EXPIRED",
    "PAST_DUE",
    "PAUSED",
    "PENDING",
    "TRIALING",
    "UNPAID",
  ]);
  const invoices = await prisma.invoice.findMany({ where, include: { payments: true, lines: true } });
  const late = invoices.filter(({ createdAt }) => createdAt > new Date(`${today}T00:00:00Z`));
  expect(late).toEqual([]);
  for (const { amountPaid, payments, lines, subtotal } of invoices) {
    expect(payments.reduce((sum, { amount }) => sum + amount, 0n)).toBe(amountPaid);
    expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(subtotal);
  }
  const paid = invoices.filter(({ status }) => status === "PAID");
  expect(paid.filter(({ amountPaid, total }) => amountPaid !== total)).toEqual([]);
  const kinds = new Set(invoices.map(({ status }) => status));
  for (const kind of ["PAID", "DRAFT", "SENT", "OVERDUE"]) expect(kinds).toContain(kind);
  expect(await prisma.event.count({ where: { ...where, type: "invoice.paid" } })).toBeGreaterThan(200);
});

test("a start that was cut short is gone on with at the next one, and the same day gives the same invoices", async () => {
  const facts = async (of: TestDatabase) => {
    const rows = await of.prisma.invoice.findMany({
      where: { environmentId: demoEnvironments.sandbox },
      select: { number: true, status: true, total: true, customerId: true, createdAt: true },
      orderBy: [{ number: "asc" }, { customerId: "asc" }, { createdAt: "asc" }],
    });
    return rows.map(({ total, ...row }) => ({ ...row, total: Number(total) }));
  };
  const other = await openTestDatabase();
  const own = join(folder, "cut-short");
  await ensureDemo(other, own, [], today, AbortSignal.timeout(1));
  const clock = await other.prisma.testClock.findFirst();
  expect(clock?.status).toBe("ADVANCING");
  await ensureDemo(other, own, [], today);
  expect(await facts(other)).toEqual(await facts(database));
  await other.close();
});

test("a database with other data is left alone", async () => {
  const other = await openTestDatabase();
  const data = { id: newId(), merchantId: newId(), merchantName: "Other", livemode: true };
  await other.prisma.environment.create({ data });
  expect(await ensureDemo(other, join(folder, "other"), [], today)).toBeNull();
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
      others.map((other, machine) => ensureDemo(other, join(folder, `machine-${machine}`), [], today)),
    );
    expect(keys.filter((each) => each !== null)).toHaveLength(1);
    expect(await empty.prisma.customer.count()).toBe(205);
    expect(await empty.prisma.apiKey.count()).toBe(1);
    await Promise.all([...others, empty].map((other) => other.close()));
  });
});
