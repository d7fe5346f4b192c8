import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverUrl } from "../kit/database.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";

describe.skipIf(!serverUrl)("a tenant whose neighbours send all that they may", () => {
  let api: TestApi;
  let hostile: TestEnvironment[];
  beforeAll(async () => {
    api = await startApi({ timeoutMs: 20_000 });
    hostile = await Promise.all(Array.from({ length: 20 }, () => api.newEnvironment()));
  });
  afterAll(() => api.close());

  /** Holds up every statement that the lock of `table` stops, while `work` runs: no statement takes longer than that. */
  async function withLock<T>(table: string, mode: string, work: () => Promise<T>): Promise<T> {
    const client = await api.database.adminPool.connect();
    try {
      await client.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
      return await work();
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  const held = async (): Promise<number> => {
    const { rows } = await api.database.adminPool.query<{ count: bigint }>(
      `SELECT count(*) AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return Number(rows[0]?.count);
  };

  const trivial = '{ customer(id: "01890000-0000-7000-8000-000000000000") { id } }';
  const page = "{ products(first: 100) { nodes { id prices(first: 100) { nodes { id } } } } }";

  /** Asks as a good tenant, one thing after the other, and gives the longest time of an answer. */
  async function askAsVictim(document: string): Promise<number> {
    let longest = 0;
    for (let round = 0; round < 10; round += 1) {
      const began = performance.now();
      // oxlint-disable-next-line no-await-in-loop
      expect((await api.graphql(document)).status).toBe(200);
      longest = Math.max(longest, performance.now() - began);
    }
    return longest;
  }

  it("has its small reads answered while long reads of 20 keys take all else", async () => {
    const aliases = Array.from(
      { length: 25 },
      (_, index) =>
        `a${index}: invoices(first: ${index + 30}) { nodes { id lines(first: 10) { nodes { id } } } }`,
    );
    const heavy = `{ ${aliases.join(" ")} }`;
    const asked = await withLock("invoices", "ACCESS EXCLUSIVE", async () => {
      const answers = hostile.flatMap(({ key }) =>
        Array.from({ length: 3 }, () => api.graphql(heavy, {}, { key })),
      );
      await expect.poll(held).toBeGreaterThanOrEqual(8);
      expect(await askAsVictim(trivial)).toBeLessThan(2_000);
      return answers;
    });
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("has all its reads answered while a hundred keyed batches wait to be written", async () => {
    const upsert = `mutation Upsert($customers: [ExternalCustomerInput!]!) {
      upsertCustomersByExternalId(input: { source: "crm", customers: $customers }) { created } }`;
    const batch = (index: number) => ({
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": hostile[index % hostile.length]!.key,
        "idempotency-key": `batch-${index}`,
      },
      body: JSON.stringify({
        query: upsert,
        variables: { customers: [{ externalId: `c${index}`, email: `c${index}@a.example` }] },
      }),
    });
    const asked = await withLock("customers", "SHARE", async () => {
      const answers = Array.from({ length: 100 }, (_, index) => fetch(`${api.url}/graphql`, batch(index)));
      await expect.poll(held).toBeGreaterThanOrEqual(4);
      expect(await askAsVictim(trivial)).toBeLessThan(2_000);
      expect(await askAsVictim(page)).toBeLessThan(2_000);
      return answers;
    });
    for (const answer of await Promise.all(asked)) {
      expect(await answer.json()).not.toHaveProperty("errors");
    }
  });
});
