import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { type Tenant, newTenant } from "./support.ts";

let api: TestApi;
let tenant: Tenant;

interface UpsertResult {
  readonly externalId: string;
  readonly outcome: string;
  readonly customer: { readonly id: string; readonly version: number } | null;
}

const seconds = (count: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, count)).toISOString();
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

/** A list that starts elsewhere for each `shift`, and goes the other way for every second one. */
function shuffled<T>(list: readonly T[], shift: number): T[] {
  const start = (shift * 7) % list.length;
  const rotated = [...list.slice(start), ...list.slice(0, start)];
  return shift % 2 ? rotated.toReversed() : rotated;
}

/** Whatever must hold of a tenant's customers after any mixture of writes that came at once. */
async function expectSound(): Promise<void> {
  const of = (sql: string) =>
    api.database.pool.query(sql, [tenant.environmentId]).then(({ rows }) => rows as unknown[]);
  const live = "environment_id = $1 AND replaced_at IS NULL AND released_at IS NULL";
  expect(
    await of(`SELECT source, external_id FROM customer_external_ids WHERE ${live} GROUP BY 1, 2 HAVING count(*) > 1
      UNION ALL SELECT lower(email), 'e-mail' FROM customers WHERE environment_id = $1 AND status = 'ACTIVE'
      GROUP BY 1 HAVING count(*) > 1`),
  ).toEqual([]);
  // Each version has its event, and the last one tells the customer as it is.
  expect(
    await of(`SELECT c.id, c.version, count(e.id), max((e.data ->> 'version')::int) FROM customers c
      LEFT JOIN events e ON e.environment_id = c.environment_id AND e.object_id = c.id
      WHERE c.environment_id = $1 GROUP BY c.id, c.version
      HAVING c.version <> count(e.id) OR c.version <> max((e.data ->> 'version')::int)
        OR count(DISTINCT e.data ->> 'version') <> count(e.id)`),
  ).toEqual([]);
  expect(
    await of(`SELECT x.id FROM customer_external_ids x
      JOIN customers c ON c.environment_id = x.environment_id AND c.id = x.customer_id
      WHERE x.environment_id = $1 AND x.released_at IS NULL AND c.status <> 'ACTIVE'`),
  ).toEqual([]);
}

// The embedded database runs one transaction at a time.
describe.skipIf(serverUrl === undefined)("at once", () => {
  beforeAll(async () => {
    api = await startApi();
  });
  beforeEach(async () => {
    tenant = await newTenant(api);
  });
  afterAll(() => api?.close());

  it("fifty batches in any order lose nothing, and the newest of each customer wins", async () => {
    const ids = times(30, (index) => `E-${index}`);
    const batches = times(50, (batch) =>
      shuffled(ids, batch).map((externalId) => ({
        externalId,
        email: `${externalId}@a.example`,
        name: `Name ${batch}`,
        metadata: { [`b${batch}`]: "x" },
        // Every customer gets its fifty times in another order.
        externalUpdatedAt: seconds((batch * 17 + ids.indexOf(externalId)) % 50),
      })),
    );
    const payloads = await Promise.all(batches.map((batch) => tenant.upsert(batch)));
    const results: UpsertResult[] = payloads.flatMap((payload) => payload.results);
    expect(payloads.reduce((sum, { created }) => sum + created, 0)).toBe(ids.length);
    expect(payloads.reduce((sum, { failed }) => sum + failed, 0)).toBe(0);

    for (const externalId of ids) {
      const own = batches.flatMap((batch, index) => {
        const row = batch.find((one) => one.externalId === externalId);
        const result = payloads[index].results.find((one: UpsertResult) => one.externalId === externalId);
        return row ? [{ ...row, index, outcome: result.outcome as string }] : [];
      });
      const applied = own.filter(({ outcome }) => outcome !== "STALE");
      const newest = Math.max(...own.map((row) => Date.parse(row.externalUpdatedAt)));
      const customer = await tenant.find(externalId);
      expect(customer.version).toBe(applied.length);
      expect(Object.keys(customer.metadata).toSorted()).toEqual(
        applied.map(({ index }) => `b${index}`).toSorted(),
      );
      expect(Date.parse(customer.externalIds.nodes[0].externalUpdatedAt)).toBe(newest);
      const last = applied.find((row) => Date.parse(row.externalUpdatedAt) === newest);
      expect(customer.name).toBe(last?.name);
    }
    expect(new Set(results.map(({ customer }) => customer?.id)).size).toBe(ids.length);
    await expectSound();
  });

  it("batches, updates, archiving and restoring leave everything sound", async () => {
    const ids = times(12, (index) => `E-${index}`);
    const first = await tenant.upsert(
      ids.map((externalId) => ({ externalId, email: `${externalId}@a.example` })),
    );
    const customerIds: string[] = first.results.map(({ customer }: UpsertResult) => customer?.id);
    const codes = new Set<string>();
    const run = async (name: string, input: object) => {
      const { userErrors, results = [] } = await tenant.mutate(name, input);
      for (const { code } of [...userErrors, ...results.flatMap((one: { userErrors: [] }) => one.userErrors)])
        codes.add(code);
    };
    const requests = times(60, (turn) => {
      const id = customerIds[(turn * 5) % customerIds.length];
      const other = ids[(turn * 7) % ids.length];
      switch (turn % 6) {
        case 0:
          return run("archiveCustomer", { customer: { id } });
        case 1:
          return run("restoreCustomer", { customer: { id } });
        case 2:
          return run("updateCustomer", {
            customer: { id },
            email: `${other}@a.example`,
            metadata: { [`u${turn}`]: "x" },
          });
        case 3:
          return run("updateCustomer", {
            customer: { id },
            external: { source: "practicehub", id: `R-${turn % 4}` },
          });
        default: {
          const rows = shuffled([...ids, "R-0", "R-1"], turn).map((externalId, place) => ({
            externalId,
            email: `${turn % 12 === 4 ? externalId : ids[(place + turn) % ids.length]}@a.example`,
            notes: `Turn ${turn}`,
            externalUpdatedAt: seconds((turn * 31) % 60),
          }));
          return run("upsertCustomersByExternalId", { source: "practicehub", customers: rows });
        }
      }
    });
    await Promise.all(requests);
    const expected = new Set(["EMAIL_TAKEN", "EXTERNAL_ID_TAKEN", "ILLEGAL_STATE", "STALE_UPDATE"]);
    expect([...codes].filter((code) => !expected.has(code))).toEqual([]);
    await expectSound();
  });

  it("two equal batches create each customer once", async () => {
    for (let round = 0; round < 5; round++) {
      const rows = times(20, (index) => ({
        externalId: `R${round}-${index}`,
        email: `r${round}-${index}@a.example`,
      }));
      const payloads = await Promise.all([tenant.upsert(rows), tenant.upsert(rows.toReversed())]);
      expect(payloads.map(({ created, skipped }) => created + skipped)).toEqual([20, 20]);
      expect(payloads[0].created + payloads[1].created).toBe(20);
    }
    expect(await api.database.prisma.customer.count({ where: { environmentId: tenant.environmentId } })).toBe(
      100,
    );
    await expectSound();
  });

  it("two ids with one address link one customer only", async () => {
    await tenant.mutate("createCustomer", { email: "ann@a.example" });
    const rows = times(10, (index) => ({ externalId: `E-${index}`, email: "Ann@a.example" }));
    const payloads = await Promise.all(rows.map((row) => tenant.upsert([row])));
    const linked = payloads.filter(({ updated }) => updated === 1);
    expect(linked).toHaveLength(1);
    expect(payloads.flatMap(({ results }) => results[0].userErrors).map(({ code }) => code)).toEqual(
      times(9, () => "EMAIL_TAKEN"),
    );
    await expectSound();
  });

  it("creating the same customer ten times makes one", async () => {
    const input = { email: "ann@a.example", external: { id: "own" } };
    const known = await Promise.all(times(10, () => tenant.mutate("createCustomer", input)));
    expect(known.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(known.map(({ customer }) => customer.id)).size).toBe(1);
    const strangers = await Promise.all(
      times(10, () => tenant.mutate("createCustomer", { email: "bob@a.example" })),
    );
    expect(strangers.filter(({ created }) => created)).toHaveLength(1);
    expect(strangers.flatMap(({ userErrors }) => userErrors).map(({ code }) => code)).toEqual(
      times(9, () => "EMAIL_TAKEN"),
    );
    await expectSound();
  });

  it("of ten updates that expect the same version, one is applied", async () => {
    const { customer } = await tenant.mutate("createCustomer", { email: "ann@a.example" });
    const payloads = await Promise.all(
      times(10, (index) =>
        tenant.mutate("updateCustomer", {
          customer: { id: customer.id },
          name: `Name ${index}`,
          expectedVersion: 1,
        }),
      ),
    );
    expect(payloads.filter(({ changed }) => changed)).toHaveLength(1);
    expect(payloads.flatMap(({ userErrors }) => userErrors)).toMatchObject(
      times(9, () => ({ code: "VERSION_MISMATCH", expectedVersion: 1, currentVersion: 2 })),
    );
    await expectSound();
  });

  it.each([
    ["e-mail address", { email: "wanted@a.example" }, "EMAIL_TAKEN"],
    ["external id", { external: { source: "crm", id: "wanted" } }, "EXTERNAL_ID_TAKEN"],
    [
      "provider's record",
      { integrations: [{ providerType: "stripe", providerEntityId: "wanted" }] },
      "CONFLICT",
    ],
  ])("of ten customers that want the same %s, one gets it", async (_name, wanted, code) => {
    const rows = times(10, (index) => ({ externalId: `E-${index}`, email: `e${index}@a.example` }));
    const { results } = await tenant.upsert(rows);
    const payloads = await Promise.all(
      results.map(({ customer }: UpsertResult) =>
        tenant.mutate("updateCustomer", { customer: { id: customer?.id }, ...wanted }),
      ),
    );
    expect(payloads.filter(({ changed }) => changed)).toHaveLength(1);
    expect(payloads.flatMap(({ userErrors }) => userErrors).map((error) => error.code)).toEqual(
      times(9, () => code),
    );
    await expectSound();
  });

  it("of five archived customers with the same address and id, one is restored with both", async () => {
    const archived: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { customer } = await tenant.mutate("createCustomer", {
        email: "ann@a.example",
        external: { id: "own" },
      });
      await tenant.mutate("archiveCustomer", { customer: { id: customer.id } });
      archived.push(customer.id as string);
    }
    const payloads = await Promise.all(
      archived.map((id) => tenant.mutate("restoreCustomer", { customer: { id } })),
    );
    expect(payloads.filter(({ customer }) => customer)).toHaveLength(1);
    expect(payloads.flatMap(({ userErrors }) => userErrors).map(({ code }) => code)).toEqual(
      times(4, () => "EMAIL_TAKEN"),
    );
    expect(await tenant.find("own", "merchant")).toMatchObject({ status: "ACTIVE" });
    await expectSound();
  });

  it("archiving and restoring the same customer many times counts each change once", async () => {
    const { customer } = await tenant.mutate("createCustomer", {
      email: "ann@a.example",
      external: { id: "own" },
    });
    await Promise.all(
      times(20, (index) =>
        tenant.mutate(index % 2 ? "archiveCustomer" : "restoreCustomer", { customer: { id: customer.id } }),
      ),
    );
    await expectSound();
    await tenant.mutate("restoreCustomer", { customer: { id: customer.id } });
    expect(await tenant.find("own", "merchant")).toMatchObject({ id: customer.id });
  });
});
