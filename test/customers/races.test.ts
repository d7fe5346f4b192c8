import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { type Tenant, newTenant } from "./support.ts";

let api: TestApi;
let tenant: Tenant;
/** Another transaction than the API's, stopped at will. */
let rival: pg.Client;
let id: string;

/** Waits until so many statements of the API wait for locks. */
async function untilBlocked(count = 1): Promise<void> {
  for (;;) {
    const { rows } = await rival.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows.length >= count) return;
  }
}

// The embedded database runs one transaction at a time.
describe.skipIf(serverUrl === undefined)("a change between reading and locking", () => {
  beforeAll(async () => {
    api = await startApi();
    rival = new pg.Client({ connectionString: api.database.url });
    await rival.connect();
  });
  beforeEach(async () => {
    tenant = await newTenant(api);
    const row = {
      externalId: "A",
      email: "ann@a.example",
      name: "Ann",
      externalUpdatedAt: "2026-01-05T00:00:00Z",
    };
    id = (await tenant.upsert([row])).results[0].customer.id;
    await rival.query("BEGIN");
    await rival.query("SELECT FROM customers WHERE id = $1 FOR UPDATE", [id]);
  });
  afterAll(async () => {
    await rival?.end();
    await api?.close();
  });

  /** Runs a request that must wait for the rival, which does `work` and commits. */
  async function during<T>(request: Promise<T>, ...work: [text: string, ...values: unknown[]][]): Promise<T> {
    await untilBlocked();
    for (const [text, ...values] of work) await rival.query(text, values);
    await rival.query("COMMIT");
    return request;
  }

  const setTime =
    "UPDATE customer_external_ids SET external_updated_at = '2026-01-20T00:00:00Z' WHERE customer_id = $1";

  it.each(["2026-01-05T00:00:00Z", "2026-01-10T00:00:00Z"])(
    "does not apply what is of %s when a newer time came first",
    async (externalUpdatedAt) => {
      const request = tenant.upsert([{ externalId: "A", name: "Old", externalUpdatedAt }]);
      const { results } = await during(request, [setTime, id]);
      expect(results).toMatchObject([
        {
          outcome: "STALE",
          customer: { name: "Ann" },
          userErrors: [{ storedUpdatedAt: "2026-01-20T00:00:00.000000Z" }],
        },
      ]);
      expect(await tenant.find("A")).toMatchObject({ name: "Ann", version: 1 });
      expect(await tenant.events()).toHaveLength(1);
    },
  );

  it("keeps the time of a row whose id is renamed meanwhile", async () => {
    const request = tenant.upsert([
      { externalId: "A", name: "New", externalUpdatedAt: "2026-01-10T00:00:00Z" },
    ]);
    const { results } = await during(
      request,
      ["UPDATE customer_external_ids SET replaced_at = now() WHERE customer_id = $1", id],
      [
        `INSERT INTO customer_external_ids (environment_id, id, customer_id, source, external_id, external_updated_at)
         SELECT environment_id, gen_random_uuid(), customer_id, source, 'B', external_updated_at
         FROM customer_external_ids WHERE customer_id = $1`,
        id,
      ],
    );
    expect(results).toMatchObject([{ outcome: "UPDATED", customer: { id, name: "New" } }]);
    const { externalIds } = await tenant.find("B");
    expect(externalIds.nodes).toContainEqual(
      expect.objectContaining({ externalId: "B", externalUpdatedAt: "2026-01-10T00:00:00.000Z" }),
    );
  });

  it("does not link a customer that gets another id of the source meanwhile", async () => {
    const request = tenant.upsert([{ externalId: "W", email: "ann@a.example", name: "No" }], "wodify");
    const { results } = await during(request, [
      `INSERT INTO customer_external_ids (environment_id, id, customer_id, source, external_id)
       SELECT environment_id, gen_random_uuid(), customer_id, 'wodify', 'other'
       FROM customer_external_ids WHERE customer_id = $1`,
      id,
    ]);
    expect(results).toMatchObject([{ outcome: "FAILED", userErrors: [{ code: "EMAIL_TAKEN" }] }]);
    expect(await tenant.find("A")).toMatchObject({ name: "Ann", version: 1 });
  });

  it("creates a customer when the one with the address gives it up meanwhile", async () => {
    const request = tenant.upsert([{ externalId: "W", email: "ann@a.example" }], "wodify");
    const change = "UPDATE customers SET email = 'else@a.example', version = version + 1 WHERE id = $1";
    expect((await during(request, [change, id])).results).toMatchObject([{ outcome: "CREATED" }]);
  });

  it("creates a customer when the one with the id is archived meanwhile", async () => {
    const request = tenant.upsert([{ externalId: "A", email: "ann@a.example", name: "New" }]);
    const { results } = await during(
      request,
      [
        "UPDATE customers SET status = 'ARCHIVED', archived_at = now(), version = version + 1 WHERE id = $1",
        id,
      ],
      ["UPDATE customer_external_ids SET released_at = now() WHERE customer_id = $1", id],
    );
    expect(results).toMatchObject([{ outcome: "CREATED", customer: { name: "New", version: 1 } }]);
    expect(results[0].customer.id).not.toBe(id);
  });

  it("holds few of the locks that the whole server shares, however many customers are in a batch", async () => {
    const rows = Array.from({ length: 99 }, (_, index) => ({
      externalId: `${index}`,
      email: `${index}@a.example`,
    }));
    const request = tenant.upsert([...rows, { externalId: "A", name: "Last" }]);
    await untilBlocked();
    const { rows: held } = await rival.query(
      `SELECT count(*)::int AS count FROM pg_locks l JOIN pg_database d ON d.oid = l.database
       WHERE l.locktype = 'advisory' AND d.datname = current_database()`,
    );
    expect(await during(request)).toMatchObject({ created: 99, updated: 1 });
    expect(held[0].count).toBeLessThanOrEqual(20);
  });

  const others = (name: string) =>
    Array.from({ length: 20 }, (_, index) => ({
      externalId: `${name}${index}`,
      email: `${name}${index}@a.example`,
    }));

  it("lets a batch of other customers go ahead of one that waits", async () => {
    const waiting = tenant.upsert([...others("one"), { externalId: "A", name: "Last" }]);
    await untilBlocked();
    expect(await tenant.upsert(others("two"))).toMatchObject({ created: 20 });
    expect(await during(waiting)).toMatchObject({ created: 20, updated: 1 });
  });

  it("renames no id while a batch may have looked it up", async () => {
    const [{ customer }] = (await tenant.upsert([{ externalId: "B", email: "b@a.example" }])).results;
    const waiting = tenant.upsert([...others("one"), { externalId: "A", name: "Last" }]);
    await untilBlocked();
    const external = { source: "practicehub", id: "C" };
    const rename = tenant.mutate("updateCustomer", { customer: { id: customer.id }, external });
    await untilBlocked(2);
    expect(await during(waiting)).toMatchObject({ created: 20, updated: 1 });
    expect(await rename).toMatchObject({ changed: true, userErrors: [] });
  });

  it("sees the version that a change left", async () => {
    const input = { customer: { id }, name: "No", expectedVersion: 1 };
    const request = tenant.mutate("updateCustomer", input);
    const change = "UPDATE customers SET name = 'Rival', version = version + 1 WHERE id = $1";
    expect((await during(request, [change, id])).userErrors).toMatchObject([{ currentVersion: 2 }]);
    expect(await tenant.find("A")).toMatchObject({ name: "Rival" });
  });

  it("finds a provider's record taken that another customer gets meanwhile", async () => {
    const { customer } = await tenant.mutate("createCustomer", { email: "bob@a.example" });
    await rival.query(
      `INSERT INTO integration_mappings (environment_id, id, customer_id, provider_type, provider_entity_id)
       VALUES ($1, gen_random_uuid(), $2, 'stripe', 'cus_1')`,
      [tenant.environmentId, id],
    );
    const integrations = [{ providerType: "stripe", providerEntityId: "cus_1" }];
    const request = tenant.mutate("updateCustomer", {
      customer: { id: customer.id },
      name: "No",
      integrations,
    });
    expect(await during(request)).toMatchObject({
      changed: false,
      customer: null,
      userErrors: [{ code: "CONFLICT", path: ["integrations", "0", "providerEntityId"] }],
    });
  });
});
