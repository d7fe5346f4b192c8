import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { send } from "./support/client.ts";

describe.skipIf(!serverUrl)("a keyed request that the database gives up in a deadlock", () => {
  let api: TestApi;
  let rival: pg.Client;
  beforeAll(async () => {
    api = await startApi();
    rival = new pg.Client({ connectionString: api.database.url });
    await rival.connect();
  });
  afterAll(async () => {
    await rival.end();
    await api.close();
  });

  const idOf = async (email: string): Promise<string> =>
    (
      await api.query(
        `mutation { createCustomer(input: { email: "${email}", name: "Old" }) { customer { id } } }`,
      )
    ).data.createCustomer.customer.id;

  async function untilBlocked(): Promise<void> {
    for (;;) {
      const { rows } = await api.database.adminPool.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (rows.length) return;
    }
  }

  it("is done again as a whole, and once", async () => {
    const [first, second] = [await idOf("first@a.example"), await idOf("second@a.example")];
    await rival.query("BEGIN");
    // So the database gives up the request, not this one.
    await rival.query("SET LOCAL deadlock_timeout = '50s'");
    await rival.query("SELECT FROM customers WHERE id = $1 FOR UPDATE", [second]);
    const request = send(api.url, {
      apiKey: api.key,
      key: "deadlock",
      query: `mutation {
        first: updateCustomer(input: { customer: { id: "${first}" }, name: "New" }) { customer { name version } }
        second: updateCustomer(input: { customer: { id: "${second}" }, name: "New" }) { customer { name version } }
      }`,
    });
    await Promise.race([untilBlocked(), request]);
    await rival.query("SELECT FROM customers WHERE id = $1 FOR UPDATE", [first]);
    await rival.query("COMMIT");
    const customer = { name: "New", version: 2 };
    expect(await request).toMatchObject({
      status: 200,
      replayed: false,
      data: { first: { customer }, second: { customer } },
    });
    expect(await api.database.prisma.event.count({ where: { type: "customer.updated" } })).toBe(2);
  });
});
