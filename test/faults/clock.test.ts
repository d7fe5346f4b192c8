import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey } from "../../src/domains/access/index.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { type Reply, send } from "./support/client.ts";
import { type Program, startProgram } from "./support/program.ts";
import { type FaultTenant, newFaultTenant } from "./support/tenant.ts";

const preload = resolve(import.meta.dirname, "support/shift-clock.mjs");

describe.skipIf(!serverUrl)("servers whose clocks are 400 days ahead and behind", () => {
  let database: TestDatabase;
  let tenant: FaultTenant;
  const programs = new Map<string, Program>();
  beforeAll(async () => {
    database = await openTestDatabase();
    tenant = await newFaultTenant(database);
    await Promise.all(
      ["400", "-400"].map(async (days) => {
        const options = { preload, CLOCK_SHIFT_DAYS: days };
        programs.set(days, await startProgram(database.url ?? "", options));
      }),
    );
  });
  afterAll(async () => {
    await Promise.all([...programs.values()].map(({ end }) => end("SIGKILL")));
    await database.close();
  });

  const create = (days: string, email: string, apiKey = tenant.apiKey): Promise<Reply> =>
    send(programs.get(days)?.url ?? "", {
      apiKey,
      key: email,
      query: `mutation { createCustomer(input: { email: "${email}" }) { created customer { createdAt } } }`,
    });

  /** Makes a stored answer as old as this. */
  const age = (key: string, interval: string) =>
    database.pool.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '${interval}' WHERE key = $1`,
      [key],
    );

  it.each([
    ["400", "-400"],
    ["-400", "400"],
  ])("replays what a server of %s days has answered at one of %s", async (one, other) => {
    const email = `replay${one}@a.example`;
    const first = await create(one, email);
    const { createdAt } = first.data.createCustomer.customer;
    const shift = (Date.parse(createdAt) - Date.now()) / 86_400_000;
    expect(first).toMatchObject({ replayed: false, data: { createCustomer: { created: true } } });
    for (const days of [one, other]) {
      expect(await create(days, email)).toMatchObject({ replayed: true, data: first.data });
    }
    expect(Math.abs(shift)).toBeLessThan(401);
  });

  it.each(["400", "-400"])("keeps an answer for 24 hours of the database: %s days", async (days) => {
    const email = `expire${days}@a.example`;
    await create(days, email);
    await age(email, "23 hours 59 minutes");
    expect((await create(days, email)).replayed).toBe(true);
    await age(email, "24 hours");
    const again = await create(days, email);
    expect(again).toMatchObject({ replayed: false, data: { createCustomer: { created: false } } });
  });

  it.each(["400", "-400"])("believes keys for as long as the database says: %s days", async (days) => {
    const { environmentId } = tenant;
    const { key, apiKey } = await createKey(database.prisma, {
      environmentId,
      name: "short",
      scopes: ["*"],
      lifetimeMs: 3_600_000,
    });
    expect((await create(days, `key${days}@a.example`, key)).status).toBe(200);
    await database.pool.query("UPDATE api_keys SET expires_at = now() WHERE id = $1", [apiKey.id]);
    await expect.poll(async () => (await create(days, `key${days}@a.example`, key)).status).toBe(401);
  });
});
