import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey } from "../../src/domains/access/index.ts";
import { read, subscribe } from "../engine/support.ts";
import { type Program, startProgram } from "../faults/support/program.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { watch } from "./watch.ts";

const redisUrl = process.env["TEST_REDIS_URL"] ?? "";

describe.skipIf(!serverUrl || !redisUrl)("two nodes and a worker on one PostgreSQL and one Redis", () => {
  let api: TestApi;
  let nodes: readonly [Program, Program];
  beforeAll(async () => {
    api = await startApi();
    const options = { REDIS_URL: redisUrl, WORKER: "off", RATE_LIMIT: "on" };
    nodes = await Promise.all([startProgram(url(), options), startProgram(url(), options)]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map(({ end }) => end("SIGKILL")));
    await api.close();
  });
  const url = (): string => api.database.url ?? "";

  async function send(node: Program, query: string, key = api.key): Promise<Response> {
    const headers = { "content-type": "application/json", "x-api-key": key };
    return fetch(`${node.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  }

  it("tell on one what was written on the other", async () => {
    const [here, there] = nodes;
    const stream = await watch(
      { url: there.url, key: api.key },
      "subscription { customerChanged { customer { name } } }",
    );
    for (const name of ["First", "Second"]) {
      const email = `${name}@example.org`;
      // oxlint-disable-next-line no-await-in-loop -- each is seen before the next one is made
      await send(
        here,
        `mutation { createCustomer(input: { name: "${name}", email: "${email}" }) { customer { id } } }`,
      );
      // oxlint-disable-next-line no-await-in-loop
      expect(await stream.take(1)).toEqual([{ customerChanged: { customer: { name } } }]);
    }
    stream.close();
  });

  it("share the limit of a key", async () => {
    const { key } = await createKey(api.database.prisma, {
      environmentId: api.environmentId,
      name: "limited",
      scopes: ["*"],
      requestsPerMinute: 1,
      burst: 10,
    });
    const asked = nodes.flatMap((node) =>
      Array.from({ length: 12 }, () => send(node, "{ viewer { keyName } }", key)),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(14);
  });

  it("have their jobs done once, and tell of them", async () => {
    const [id = ""] = await subscribe(api);
    const stream = await watch(
      { url: nodes[1].url, key: api.key },
      "subscription { invoiceChanged { type invoice { id } } }",
    );
    const workers = [startWorker(), startWorker()];
    const { invoices } = await readOnceBilled(id);
    // Each period has one invoice, whichever of the two workers made it.
    const periods = (invoices as { period: { start: string } }[]).map(({ period }) => period.start);
    expect(periods.length).toBeGreaterThanOrEqual(10);
    expect(new Set(periods).size).toBe(periods.length);
    const told = await stream.take(invoices.length);
    expect(told[0].invoiceChanged.type).toBe("invoice.created");
    stream.close();
    await Promise.all(workers.map((end) => end()));
  });

  /** Waits until nothing of a subscription is due. */
  async function readOnceBilled(id: string) {
    await expect
      .poll(
        async () => {
          const { rows } = await api.database.pool.query<{ due: number }>(
            "SELECT count(*)::int AS due FROM subscriptions WHERE next_step_at <= now()",
          );
          return rows[0]?.due;
        },
        { timeout: 150_000 },
      )
      .toBe(0);
    return read(api, id);
  }

  /** Starts `npm run worker`, and gives what ends it. */
  function startWorker(): () => Promise<void> {
    const root = resolve(import.meta.dirname, "../..");
    const env = { PATH: process.env["PATH"], DATABASE_URL: url(), REDIS_URL: redisUrl };
    const child = spawn(process.execPath, ["src/commands/worker.ts"], { cwd: root, env, stdio: "ignore" });
    const ended = new Promise<void>((done) => child.once("close", () => done()));
    return () => {
      child.kill("SIGTERM");
      return ended;
    };
  }
});
