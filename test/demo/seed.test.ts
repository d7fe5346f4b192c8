import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Progress } from "../../src/demo/seed.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";
import { fingerprints, seeded } from "./scenarios.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

test("progress goes from nothing to all in every stage", async () => {
  const told: Progress[] = [];
  await seeded(database, { customers: 20, events: 21_000 }, (progress) => told.push(progress));
  expect(told).toEqual([
    { stage: "catalog", done: 0, total: 1 },
    { stage: "catalog", done: 1, total: 1 },
    { stage: "customers", done: 0, total: 20 },
    { stage: "customers", done: 20, total: 20 },
    { stage: "subscriptions", done: 0, total: 20 },
    { stage: "subscriptions", done: 20, total: 20 },
    { stage: "usage events", done: 0, total: 21_000 },
    { stage: "usage events", done: 20_000, total: 21_000 },
    { stage: "usage events", done: 21_000, total: 21_000 },
    { stage: "invoices", done: 0, total: 20 },
    { stage: "invoices", done: 20, total: 20 },
  ]);
});

test("one customer, and no invoices and events, will do", async () => {
  const { environmentId } = await seeded(database, { customers: 1, invoicesPerCustomer: 0, events: 0 });
  const where = { environmentId };
  expect(await database.prisma.customer.count({ where })).toBe(1);
  expect(await database.prisma.invoice.count({ where })).toBe(0);
});

test("more invoices than a subscription has had periods are made up of others", async () => {
  const { environmentId } = await seeded(database, { customers: 3, invoicesPerCustomer: 60, events: 100 });
  const counts = await database.prisma.invoice.groupBy({
    by: ["customerId"],
    where: { environmentId },
    _count: true,
  });
  expect(counts.map(({ _count }) => _count)).toEqual([60, 60, 60]);
});

describe("refuses", () => {
  test("an environment that has data, and changes none", async () => {
    const { environmentId } = await seeded(database, { customers: 2, events: 10 });
    const before = await fingerprints(database, environmentId);
    await expect(seeded(database, { environmentId, seed: 2 })).rejects.toThrow(/has data already/);
    expect(await fingerprints(database, environmentId)).toEqual(before);
  });

  test("one of two seeds of the same environment at once", async () => {
    const data = { id: newId(), merchantId: newId(), merchantName: "Twice", livemode: false };
    const { id: environmentId } = await database.prisma.environment.create({ data });
    const small = { environmentId, customers: 2, events: 10 };
    const results = await Promise.allSettled([seeded(database, small), seeded(database, small)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await database.prisma.customer.count({ where: { environmentId } })).toBe(2);
  });

  test("an environment that is not there", async () => {
    await expect(seeded(database, { environmentId: newId() })).rejects.toThrow(/no environment/);
  });

  test.each([
    [{ customers: -1 }, /customers must be a whole number/],
    [{ customers: 1.5 }, /customers must be a whole number/],
    [{ events: Number.NaN }, /events must be a whole number/],
    [{ seed: 2 ** 60 }, /seed must be a whole number/],
    [{ customers: 0 }, /Events need customers/],
    [{ asOf: "2026-02-30" }, /asOf must be a day/],
  ])("%o", async (scenario, message) => {
    await expect(seeded(database, scenario)).rejects.toThrow(message);
  });
});
