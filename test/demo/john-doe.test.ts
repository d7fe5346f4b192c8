import { afterAll, beforeAll, expect, test } from "vitest";
import type { Scenario } from "../../src/demo/scenario.ts";
import { demoEnvironments, johnDoeId } from "../../src/demo/merchant.ts";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";
import { seeded } from "./scenarios.ts";

let database: TestDatabase;
let scenario: Scenario;

beforeAll(async () => {
  database = await openTestDatabase();
  scenario = await seeded(database);
});

afterAll(() => database.close());

test("ids that documents name stay as they are", () => {
  expect({ johnDoeId, ...demoEnvironments }).toMatchInlineSnapshot(`
    {
      "johnDoeId": "01941f29-7c01-764b-a2bb-82dcd3231a28",
      "live": "01941f29-7c02-7e1c-a1f6-10108d45c225",
      "sandbox": "01941f29-7c01-729f-a5fd-3b0db0f1e218",
    }
  `);
});

test("John Doe is there, with an external id of every source", async () => {
  const john = await database.prisma.customer.findFirst({
    where: { environmentId: scenario.environmentId, id: johnDoeId },
    include: { externalIds: { orderBy: { source: "asc" } }, integrationMappings: true, subscriptions: true },
  });
  expect(john).toMatchObject({
    email: "john@example.com",
    name: "John Doe",
    phone: "+1-555-123-4567",
    country: "US",
    status: "ACTIVE",
  });
  expect(john?.metadata).toEqual({ plan_tier: expect.any(String), region: "americas" });
  expect(john?.externalIds.map(({ source, externalId }) => [source, externalId])).toEqual([
    ["merchant", "acct_7001"],
    ["practicehub", "PAT-12345"],
    ["wodify", "WOD-40001"],
  ]);
  expect(john?.externalIds[1]?.externalUpdatedAt).toEqual(new Date("2026-01-01T00:00:00Z"));
  expect(john?.integrationMappings).toMatchObject([{ providerType: "stripe" }]);
  expect(john?.subscriptions[0]).toMatchObject({ status: "ACTIVE", currency: "USD", interval: "MONTH" });
});

test("John Doe uses every meter, and has as many invoices as everyone", async () => {
  const where = { environmentId: scenario.environmentId, customerId: johnDoeId };
  const used = await database.prisma.usageEvent.groupBy({ by: ["meterId"], where, _count: true });
  expect(used).toHaveLength(5);
  expect(await database.prisma.invoice.count({ where })).toBe(10);
});
