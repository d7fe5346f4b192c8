import { afterAll, beforeAll, expect, test } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/transaction.ts";
import { demoId, diceOf } from "../../src/demo/dice.ts";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";
import { fingerprints, seeded, tables } from "./scenarios.ts";

let database: TestDatabase;
let first: Record<string, string | null>;

beforeAll(async () => {
  database = await openTestDatabase();
  const { environmentId } = await seeded(database);
  first = await fingerprints(database, environmentId);
});

afterAll(() => database.close());

test("the same seed and day give the same rows, ids and all", async () => {
  expect(Object.values(first)).not.toContain(null);
  const { environmentId } = await seeded(database);
  expect(await fingerprints(database, environmentId)).toEqual(first);
});

test("they are the same on every database", () => {
  expect(first).toMatchInlineSnapshot(`
    {
      "customer_external_ids": "f4ace32a8b47def8420df20aee9f6354",
      "customers": "c16c868cea75cb7946f6b9fd674d1985",
      "integration_mappings": "83a63304bf7205b2ebf25fa24c0d7b18",
      "invoice_lines": "17bf90008f4124a47d3ca8475b43db0b",
      "invoices": "0d14c280a9af568c6addf9d3a16e3b41",
      "meters": "7fdc833fc7c96fa3815b65615951c47d",
      "prices": "c567ae7b1246a2eb4ce2486f59ead094",
      "products": "e326742ae718bc1f54667aeb4e1aca24",
      "subscription_items": "a33395f23170bafd11ca293e99fd3e7a",
      "subscriptions": "730288aa29b80c5a7dc671d1a2e56ca4",
      "usage_events": "0a0a2908e04b31bc1a31fb3d2c6312b7",
    }
  `);
});

test("another seed gives other rows in every table", async () => {
  const { environmentId } = await seeded(database, { seed: 2 });
  const other = await fingerprints(database, environmentId);
  expect(tables.filter((table) => other[table] === first[table])).toEqual([]);
  const [shared] = await reader(database).query<{ count: bigint }>(Prisma.sql`
    SELECT count(*) FROM customers AS one JOIN customers AS other USING (id)
    WHERE one.environment_id = ${environmentId}::uuid AND other.environment_id <> ${environmentId}::uuid`);
  expect(shared?.count).toBe(0n);
});

test("another day keeps the ids and moves the times", async () => {
  const { environmentId } = await seeded(database, { asOf: "2026-04-30" });
  const { customers, usage_events } = await fingerprints(database, environmentId);
  expect(customers).not.toBe(first["customers"]);
  expect(usage_events).not.toBe(first["usage_events"]);
  const john = await database.prisma.customer.findFirst({
    where: { environmentId, email: "john@example.com" },
  });
  expect(john?.id).toBe(demoId(1, "customer", 1));
});

test("rows come out the same in larger and smaller transactions", async () => {
  const { environmentId } = await seeded(database, { customers: 2_001, invoicesPerCustomer: 0, events: 0 });
  const { environmentId: part } = await seeded(database, {
    customers: 100,
    invoicesPerCustomer: 0,
    events: 0,
  });
  const names = await Promise.all(
    [environmentId, part].map((id) =>
      database.prisma.customer.findMany({
        where: { environmentId: id },
        orderBy: { id: "asc" },
        take: 100,
        omit: { environmentId: true },
      }),
    ),
  );
  expect(names[0]).toEqual(names[1]);
});

test("ids are UUIDs of version 7, in SQL and in JavaScript", async () => {
  const { id } = diceOf(7);
  for (const number of [0, 1, 4_711, 2_000_000_000]) {
    const [row] = await reader(database).query<{ id: string }>(
      Prisma.sql`SELECT ${id("customer", String(number))} AS id`,
    );
    expect(row?.id).toBe(demoId(7, "customer", number));
    expect(row?.id).toMatch(/^01[0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
