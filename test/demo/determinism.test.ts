import { afterAll, beforeAll, expect, test } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
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
      "customers": "be3b9ac99e01a95d46d6daf1c717bb9d",
      "integration_mappings": "83a63304bf7205b2ebf25fa24c0d7b18",
      "invoice_lines": "c9a54542db33b4e44a90bda78be3ec6c",
      "invoices": "42e3e19935fe87f01352b0486745676f",
      "meters": "5b0c5436e478ce9cc2950afe3fb30a30",
      "prices": "e77a98e1cd85543e04ea996e2bbcd9d2",
      "products": "1d540a2035e693ced80423fb0e096daf",
      "subscription_items": "ac3460a6f409579c3c5e61f260091ceb",
      "subscriptions": "c615de6ae4da9f8fc80989d9cd4ea669",
      "usage_events": "afa130a604619f9c38572dde6bc4d8ed",
    }
  `);
});

test("another seed gives other rows in every table", async () => {
  const { environmentId } = await seeded(database, { seed: 2 });
  const other = await fingerprints(database, environmentId);
  expect(tables.filter((table) => other[table] === first[table])).toEqual([]);
  const [shared] = await reader(database, platform).query<{ count: bigint }>(Prisma.sql`
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
    const [row] = await reader(database, platform).query<{ id: string }>(
      Prisma.sql`SELECT ${id("customer", String(number))} AS id`,
    );
    expect(row?.id).toBe(demoId(7, "customer", number));
    expect(row?.id).toMatch(/^01[0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
