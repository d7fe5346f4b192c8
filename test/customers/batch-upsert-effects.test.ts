import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { countRowsRead } from "../reads/statements.ts";
import { type Tenant, documentOf, newTenant, post } from "./support.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  tenant = await newTenant(api);
});
afterAll(() => api.close());

const rows = (count: number, fields: object = {}) =>
  Array.from({ length: count }, (_, index) => ({
    externalId: `E-${index}`,
    email: `e${index}@a.example`,
    ...fields,
  }));

describe("statements", () => {
  /** How many statements an upsert takes, but for those that look the key up. */
  async function count(customers: object[]): Promise<number> {
    await tenant.read("{ viewer { keyId } }");
    api.statements.length = 0;
    await tenant.upsert(customers);
    return api.statements.filter(({ text }) => !text.includes("api_keys")).length;
  }

  it.each([1, 10, 100])("takes as many for %s rows as for one", async (size) => {
    const created = await count(rows(size));
    const updated = await count(rows(size, { name: "Changed", externalUpdatedAt: "2026-01-01T00:00:00Z" }));
    const unchanged = await count(rows(size));
    const stale = await count(rows(size, { externalUpdatedAt: "2025-01-01T00:00:00Z" }));
    // Locks, who is meant, their rows, the write, the events; nobody's rows are read where nobody is known yet.
    expect({ created, updated, unchanged, stale }).toEqual({
      created: 4,
      updated: 5,
      unchanged: 3,
      stale: 3,
    });
  });

  it("takes as many for a hundred outcomes of all kinds", async () => {
    await tenant.upsert(rows(50, { externalUpdatedAt: "2026-01-01T00:00:00Z" }));
    const mixed = rows(100).map((row, index) => {
      if (index % 5 === 0) return { ...row, name: "Changed" };
      if (index % 5 === 1) return { ...row, externalUpdatedAt: "2025-01-01T00:00:00Z" };
      return index % 5 === 2 ? { ...row, email: "bad" } : row;
    });
    expect(await count(mixed)).toBe(5);
  });

  it("finds who is meant by the indexes, however many customers there are that the planner knows nothing of", async () => {
    const batch = (name: string) =>
      rows(100).map((row) => ({
        ...row,
        externalId: `${name}-${row.externalId}`,
        email: `${name}-${row.email}`,
      }));
    for (let index = 0; index < 10; index++) await tenant.upsert(batch(`${index}`));
    api.statements.length = 0;
    await tenant.upsert(batch("5"));
    const finds = api.statements.filter(({ text }) => text.includes(`"emailOwnerId"`));
    expect(finds).toHaveLength(1);
    // Each row's customer with its time, and who has the address.
    expect(await countRowsRead(api, finds, tenant.environmentId)).toBe(200);
  });

  it("takes none when every row is bad", async () => {
    expect(await count(rows(10, { email: "bad" }))).toBe(0);
  });
});

describe("events", () => {
  it("tells each applied row once, in the order of the rows, with the request", async () => {
    await tenant.upsert([
      { externalId: "stale", email: "stale@a.example", externalUpdatedAt: "2026-01-01T00:00:00Z" },
      { externalId: "same", email: "same@a.example" },
      {
        externalId: "old",
        email: "old@a.example",
        name: "Old",
        metadata: { a: "1" },
        address: { city: "Rome" },
      },
    ]);
    await tenant.mutate("createCustomer", { email: "known@a.example" });
    const before = (await tenant.events()).length;
    const customers = [
      { externalId: "new", email: "new@a.example", name: "New", customFields: { n: 1 } },
      {
        externalId: "stale",
        email: "stale@a.example",
        name: "No",
        externalUpdatedAt: "2025-01-01T00:00:00Z",
      },
      { externalId: "bad", email: "bad" },
      { externalId: "old", name: "Newer", metadata: { b: "2" }, address: { city: null } },
      { externalId: "same", email: "same@a.example", externalUpdatedAt: "2026-02-01T00:00:00Z" },
      { externalId: "linked", email: "known@a.example" },
      { externalId: "new", name: "Newest" },
    ];
    const variables = { input: { source: "practicehub", customers } };
    const query = documentOf("upsertCustomersByExternalId");
    const { data } = await post(api, tenant.key, { query, variables }, { "x-request-id": "batch:1.2-3" });
    const { results } = data.upsertCustomersByExternalId;
    const events = (await tenant.events()).slice(before);
    expect(events).toMatchObject([
      {
        type: "customer.created",
        objectType: "customer",
        objectId: results[0].customer.id,
        previousAttributes: null,
      },
      {
        type: "customer.updated",
        objectId: results[3].customer.id,
        previousAttributes: { name: "Old", metadata: { a: "1" }, city: "Rome" },
      },
      { type: "customer.updated", objectId: results[5].customer.id, previousAttributes: {} },
      { type: "customer.updated", objectId: results[0].customer.id, previousAttributes: { name: "New" } },
    ]);
    expect(new Set(events.map(({ requestId }) => requestId))).toEqual(new Set(["batch:1.2-3"]));
    expect(Object.keys(events[1]?.previousAttributes).toSorted()).toEqual(["city", "metadata", "name"]);
    const { address: _, ...shown } = results[0].customer;
    expect(events[0]?.data).toMatchObject({
      ...shown,
      name: "New",
      version: 1,
      customFields: { n: 1 },
      city: null,
    });
    expect(events[3]?.data).toMatchObject({ name: "Newest", version: 2 });
    expect(events[0]?.data).not.toHaveProperty("environmentId");
  });

  it("tells of nothing when nothing was applied", async () => {
    await tenant.upsert(rows(3, { externalUpdatedAt: "2026-01-01T00:00:00Z" }));
    const before = await tenant.events();
    await tenant.upsert(rows(1));
    await tenant.upsert(rows(2, { name: "No", externalUpdatedAt: "2025-01-01T00:00:00Z" }));
    await tenant.upsert(rows(3, { name: "No", timezone: "No" }));
    await tenant.upsert([]);
    expect(await tenant.events()).toEqual(before);
  });
});

describe("updatedAt", () => {
  it("moves with what is applied only", async () => {
    await tenant.upsert(rows(1, { externalUpdatedAt: "2026-01-01T00:00:00Z" }));
    const created = await tenant.find("E-0");
    await tenant.upsert(rows(1, { externalUpdatedAt: "2026-02-01T00:00:00Z" }));
    await tenant.upsert(rows(1, { externalUpdatedAt: "2025-01-01T00:00:00Z", name: "No" }));
    expect(await tenant.find("E-0")).toMatchObject({ updatedAt: created.updatedAt, version: 1 });
    await tenant.upsert(rows(1, { name: "Yes" }));
    expect(Date.parse((await tenant.find("E-0")).updatedAt)).toBeGreaterThan(Date.parse(created.updatedAt));
  });
});
