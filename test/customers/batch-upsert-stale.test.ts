import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Tenant, newTenant } from "./support.ts";

let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  tenant = await newTenant(api);
});
afterAll(() => api.close());

/** Upserts one customer as of an instant and gives its result. */
async function at(externalUpdatedAt: string | null | undefined, name: string, externalId = "A-1") {
  const row = { externalId, email: `${externalId}@a.example`, name };
  const { results } = await tenant.upsert([
    externalUpdatedAt === undefined ? row : { ...row, externalUpdatedAt },
  ]);
  return results[0];
}

/** When the source last changed the customer, to the microsecond. */
async function storedAt(): Promise<string | null> {
  const [row] = await api.database.prisma.$queryRaw<{ at: string | null }[]>`
    SELECT to_char(external_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS at
    FROM customer_external_ids
    WHERE environment_id = ${tenant.environmentId}::uuid AND replaced_at IS NULL AND released_at IS NULL`;
  return row?.at ?? null;
}

describe("stale", () => {
  it("does not apply what is older, and tells both times", async () => {
    await at("2026-03-01T00:00:00Z", "New");
    const result = await at("2026-02-28T23:59:59+00:00", "Old");
    expect(result).toMatchObject({ outcome: "STALE", warnings: [], customer: { name: "New", version: 1 } });
    expect(result.userErrors).toEqual([
      {
        __typename: "StaleUpdate",
        code: "STALE_UPDATE",
        message: expect.stringContaining("2026-02-28") as string,
        path: ["customers", "0", "externalUpdatedAt"],
        docUrl: "/docs/errors#stale_update",
        storedUpdatedAt: "2026-03-01T00:00:00.000000Z",
        incomingUpdatedAt: "2026-02-28T23:59:59.000000Z",
      },
    ]);
    expect(await tenant.find("A-1")).toMatchObject({ name: "New", version: 1 });
    expect(await storedAt()).toBe("2026-03-01T00:00:00.000000");
  });

  it("compares instants, not texts", async () => {
    await at("2026-03-01T01:00:00+02:00", "First");
    expect(await at("2026-02-28T22:59:59.999Z", "Older")).toMatchObject({ outcome: "STALE" });
    expect(await at("2026-02-28T18:00:00-05:00", "Same")).toMatchObject({ outcome: "UPDATED" });
    expect(await at("2026-03-01T08:30:00+09:30", "Still the same")).toMatchObject({ outcome: "UPDATED" });
  });

  it("tells microseconds apart", async () => {
    await at("2026-03-01T00:00:00.000002Z", "Second");
    expect(await at("2026-03-01T00:00:00.000001Z", "First")).toMatchObject({
      outcome: "STALE",
      userErrors: [{ storedUpdatedAt: "2026-03-01T00:00:00.000002Z" }],
    });
    expect(await at("2026-03-01T00:00:00.000003Z", "Third")).toMatchObject({ outcome: "UPDATED" });
    expect(await storedAt()).toBe("2026-03-01T00:00:00.000003");
  });

  it("can be read to the microsecond, so that what was read is not stale when it is sent", async () => {
    const sent = "2026-03-01T00:00:00.123456Z";
    await at(sent, "New");
    const { data } = await api.query(
      `{ customerByExternalId(source: "practicehub", externalId: "A-1") {
        externalIds { nodes { externalUpdatedAt createdAt } }
      } }`,
      {},
      tenant.key,
    );
    const [link] = data.customerByExternalId.externalIds.nodes;
    expect(link.externalUpdatedAt).toBe(sent);
    expect(link.createdAt).toMatch(/\.\d{3}Z$/);
    expect(await at(link.externalUpdatedAt, "Newer")).toMatchObject({ outcome: "UPDATED" });
  });

  it("counts a newer time even when nothing else is new", async () => {
    await at("2026-01-01T00:00:00Z", "John");
    expect(await at("2026-03-01T00:00:00Z", "John")).toMatchObject({ outcome: "UNCHANGED", userErrors: [] });
    expect(await storedAt()).toBe("2026-03-01T00:00:00.000000");
    expect(await at("2026-02-01T00:00:00Z", "In between")).toMatchObject({
      outcome: "STALE",
      customer: { name: "John", version: 1 },
    });
  });

  it("is stale before it is unchanged", async () => {
    await at("2026-03-01T00:00:00Z", "John");
    expect(await at("2026-02-01T00:00:00Z", "John")).toMatchObject({ outcome: "STALE" });
  });

  it("holds for an id that was renamed since", async () => {
    const { customer } = await at("2026-03-01T00:00:00Z", "John");
    const external = { source: "practicehub", id: "B-1" };
    await tenant.mutate("updateCustomer", { customer: { id: customer.id }, external });
    expect(await storedAt()).toBe("2026-03-01T00:00:00.000000");
    expect(await at("2026-02-01T00:00:00Z", "Old", "A-1")).toMatchObject({ outcome: "STALE" });
    expect(await at("2026-02-01T00:00:00Z", "Old", "B-1")).toMatchObject({ outcome: "STALE" });
    const viaOld = await tenant.upsert([
      { externalId: "A-1", name: "New", externalUpdatedAt: "2026-04-01T00:00:00Z" },
    ]);
    expect(viaOld.updated).toBe(1);
    expect(await storedAt()).toBe("2026-04-01T00:00:00.000000");
  });

  it("is told apart by source", async () => {
    await at("2026-03-01T00:00:00Z", "Practicehub");
    const row = {
      externalId: "W",
      email: "A-1@a.example",
      name: "Wodify",
      externalUpdatedAt: "2026-01-01T00:00:00Z",
    };
    expect((await tenant.upsert([row], "wodify")).results).toMatchObject([{ outcome: "UPDATED" }]);
    expect(await at("2026-02-01T00:00:00Z", "Old")).toMatchObject({ outcome: "STALE" });
  });
});

describe("applied", () => {
  it("applies what is of the same instant", async () => {
    await at("2026-03-01T00:00:00.123456Z", "One");
    expect(await at("2026-03-01T00:00:00.123456Z", "Two")).toMatchObject({ outcome: "UPDATED" });
    expect(await storedAt()).toBe("2026-03-01T00:00:00.123456");
  });

  it.each([undefined, null])("applies what has no time (%s), and keeps the stored one", async (nothing) => {
    await at("2026-03-01T00:00:00Z", "One");
    expect(await at(nothing, "Two")).toMatchObject({ outcome: "UPDATED", customer: { name: "Two" } });
    expect(await storedAt()).toBe("2026-03-01T00:00:00.000000");
    expect(await at("2026-02-01T00:00:00Z", "Old")).toMatchObject({ outcome: "STALE" });
  });

  it("applies anything while no time is stored, and stores the first that comes", async () => {
    await at(undefined, "One");
    expect(await storedAt()).toBeNull();
    expect(await at("0001-01-01T00:00:00Z", "Two")).toMatchObject({ outcome: "UPDATED" });
    expect(await storedAt()).toBe("0001-01-01T00:00:00.000000");
    expect(await at("9999-12-31T23:59:59.999999Z", "Three")).toMatchObject({ outcome: "UPDATED" });
    expect(await at("2026-01-01T00:00:00Z", "Four")).toMatchObject({
      outcome: "STALE",
      userErrors: [{ storedUpdatedAt: "9999-12-31T23:59:59.999999Z" }],
    });
  });

  it("does not store the time of a row that failed", async () => {
    await at("2026-01-01T00:00:00Z", "John");
    const bad = { externalId: "A-1", email: "bad", externalUpdatedAt: "2026-05-01T00:00:00Z" };
    expect((await tenant.upsert([bad])).failed).toBe(1);
    expect(await at("2026-02-01T00:00:00Z", "Later")).toMatchObject({ outcome: "UPDATED" });
  });

  it("stores the time of a row that links a customer", async () => {
    await tenant.mutate("createCustomer", { email: "A-1@a.example" });
    expect(await at("2026-03-01T00:00:00Z", "Linked")).toMatchObject({ outcome: "UPDATED" });
    expect(await at("2026-02-01T00:00:00Z", "Old")).toMatchObject({ outcome: "STALE" });
  });
});
