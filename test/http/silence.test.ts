import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationCheck } from "../../src/db/migrations.ts";
import { createLogger } from "../../src/http/logger.ts";
import type { PageHandler } from "../../src/http/server.ts";
import { watchPages } from "../../src/http/watch-pages.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { type Proxy, startProxy } from "../kit/proxy.ts";

/** How long requests may take here, and how long at the most until they are answered: far below what a statement may take. */
const timeoutMs = 1_000;
const bound = 8_000;

describe.skipIf(!serverUrl)("while the database's line is silent", () => {
  let api: TestApi;
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await startProxy(new URL(serverUrl ?? ""));
    const late: { page?: PageHandler } = {};
    api = await startApi({ route: proxy.route, timeoutMs, pages: [(...asked) => late.page?.(...asked)] });
    const missing = await migrationCheck();
    const checks = { database: async () => (await missing(api.database.adminPool)).join() || null };
    late.page = watchPages({ schema: undefined, logger: createLogger("silent"), checks, timeoutMs });
  });
  afterAll(async () => {
    // First, for what is stuck would keep the pools from their end.
    await proxy.close();
    await api.close();
  });

  const list = "{ customers(first: 1) { nodes { id } } }";
  const byId = `{ customer(id: "0192f7a0-0000-7000-8000-000000000000") { id } }`;
  let count = 0;
  const create = () =>
    `mutation { createCustomer(input: { email: "silent-${count++}@a.example" }) { created } }`;

  async function send(query: string, headers: Record<string, string> = {}) {
    const began = performance.now();
    const response = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key, ...headers },
      body: JSON.stringify({ query }),
    });
    const body = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      code: body.errors?.[0]?.extensions.code,
      ms: performance.now() - began,
    };
  }

  /** Opens connections and lets the key be known, so that silence finds all in the midst of work. */
  async function warm(): Promise<void> {
    await expect
      .poll(
        async () =>
          (await Promise.all(Array.from({ length: 8 }, () => send(list)))).map(({ status }) => status),
        {
          timeout: 20_000,
        },
      )
      .toEqual(Array(8).fill(200));
  }

  it.each<[string, () => string, Record<string, string>?]>([
    ["a query of a list", () => list],
    ["a query by id", () => byId],
    ["a mutation", create],
    ["a keyed mutation", create, { "idempotency-key": "silent-1" }],
    [
      "a mutation of two fields",
      () => `mutation { a: ${create().slice(11, -2)} b: ${create().slice(11, -2)} }`,
    ],
  ])(
    "%s is answered 503 within the time of a request, and well when it is over",
    async (_, query, headers) => {
      await warm();
      proxy.stall();
      const answers = await Promise.all(Array.from({ length: 4 }, () => send(query(), headers)));
      proxy.pass();
      for (const { status, code, retryAfter, ms } of answers) {
        expect({ status, code, retryAfter }).toEqual({
          status: 503,
          code: "SERVICE_UNAVAILABLE",
          retryAfter: "1",
        });
        expect(ms).toBeLessThan(bound);
      }
      await warm();
    },
  );

  it("/ready says so within that time, however many ask", async () => {
    await warm();
    proxy.stall();
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${api.url}/ready`)));
    const ms = performance.now() - began;
    const waiting = api.database.adminPool.waitingCount;
    proxy.pass();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(await answers[0]?.text()).toBe("database: no answer\n");
    expect(ms).toBeLessThan(bound);
    expect(waiting).toBeLessThan(10);
    await expect.poll(async () => (await fetch(`${api.url}/ready`)).status, { timeout: 20_000 }).toBe(200);
  });

  it("connections that stay silent are replaced before their statements time out", async () => {
    await warm();
    proxy.stall();
    await Promise.all(Array.from({ length: 10 }, () => send(list)));
    proxy.cutStalled();
    const began = performance.now();
    await warm();
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
