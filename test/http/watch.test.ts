import { request as sendPlain } from "node:http";
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { migrationCheck } from "../../src/db/migrations.ts";
import { outboxBacklog } from "../../src/db/outbox.ts";
import { reader } from "../../src/db/reader.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { createLogger } from "../../src/http/logger.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { type ReadyCheck, watchPages } from "../../src/http/watch-pages.ts";
import type { PageHandler } from "../../src/http/server.ts";
import { fingerprintOf } from "../../src/http/operations/document-fingerprint.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { idOf, register, send } from "./persisted-requests.ts";

let api: TestApi;
beforeAll(async () => {
  // The pages need the database, which only the started server has: they are asked for when they are needed.
  const late: { metrics?: ReturnType<typeof createMetrics>; watch?: PageHandler } = {};
  api = await startApi({
    pages: [(...request) => late.watch?.(...request), (...request) => late.metrics?.page(...request)],
    observe: (report) => late.metrics?.observe(report),
  });
  late.metrics = createMetrics(api.database.pool, undefined, [
    { name: "outbox", measure: () => outboxBacklog(reader(api.database, platform)) },
    { name: "broken", measure: () => Promise.reject(new Error("away")) },
  ]);
  const missing = await migrationCheck();
  late.watch = watchPages({
    schema: buildSchema(),
    logger: createLogger("silent"),
    checks: {
      migrations: async () => (await missing(api.database.pool)).join(", ") || null,
      worker: () => worker(),
    },
  });
});
afterAll(() => api.close());

/** What the check of the worker finds. */
let worker: ReadyCheck = () => Promise.resolve(null);

const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });

describe("pages that ask for no key", () => {
  it("tell that the process lives and is ready", async () => {
    expect(await (await get("/live")).text()).toBe("live\n");
    expect(await (await get("/ready")).text()).toBe("ready\n");
  });

  it("tell what the server is not ready for, and nothing of why", async () => {
    const { rows } = await api.database.pool.query(
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_init' RETURNING migration_name AS name",
    );
    worker = () => Promise.reject(new Error("postgres://user:password@host"));
    const answer = await get("/ready");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await answer.text()).toBe(`migrations: ${rows[0].name}\nworker: no answer\n`);

    await api.database.pool.query(
      "UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL",
    );
    worker = () => Promise.resolve("no job was begun for a minute");
    expect(await (await get("/ready")).text()).toBe("worker: no job was begun for a minute\n");

    worker = () => Promise.resolve(null);
    expect((await get("/ready")).status).toBe(200);
  });

  it("tell how many events wait to be handed on, and since when", async () => {
    const queue = async (): Promise<number[]> => {
      const text = await (await get("/metrics")).text();
      expect(text).not.toContain('queue="broken"');
      const names = ["billgraph_queue_waiting", "billgraph_queue_oldest_seconds"];
      return names.map((name) =>
        Number(new RegExp(`^${name}\\{queue="outbox"\\} (.+)$`, "m").exec(text)?.[1]),
      );
    };
    const { pool } = api.database;
    expect(await queue()).toEqual([0, 0]);
    const input = { customers: [1, 2, 3].map((n) => ({ email: `queue-${n}@example.org`, name: "Queue" })) };
    await api.query(
      "mutation Enqueue($input: CreateCustomersInput!) { createCustomers(input: $input) { userErrors { message } } }",
      { input },
    );
    await pool.query("UPDATE events SET created_at = created_at - interval '1 hour'");
    const [waiting, seconds] = await queue();
    expect(waiting).toBe(3);
    expect(seconds).toBeGreaterThanOrEqual(3_600);
    await pool.query("UPDATE events SET published_at = now()");
    expect(await queue()).toEqual([0, 0]);
  });

  it("give the schema, and nothing to whoever has it", async () => {
    const first = await get("/schema.graphql");
    const sdl = await first.text();
    expect(sdl).toContain("type Customer implements Node");
    expect(sdl).not.toMatch(/_entities|_service|@key/);
    const etag = first.headers.get("etag") ?? "";
    expect((await get("/schema.graphql", { "if-none-match": etag })).status).toBe(304);
    expect((await get("/schema.graphql", { "if-none-match": '"other"' })).status).toBe(200);
  });

  /** What documents are known by in the figures, however they are written. */
  const labelOf = (text: string): string => `sha256:${fingerprintOf(parse(text)).slice(0, 12)}`;

  it("count operations by document, type and status, with their statements", async () => {
    const listing = "query Listing { customers(first: 1) { nodes { id } } }";
    const registered = "query Registered { viewer { keyId } }";
    await register(api, registered);
    await api.graphql(listing);
    await api.graphql(`# written in another way\n${listing}`);
    await send(api, { documentId: idOf(registered) });
    await api.graphql("{ nonsense }");
    const text = await (await get("/metrics")).text();
    const operation = labelOf(listing);
    expect(text).toContain(
      `billgraph_operation_seconds_count{operation="${operation}",type="query",status="ok"} 2`,
    );
    expect(text).toContain(
      'billgraph_operation_seconds_count{operation="Registered",type="query",status="ok"} 1',
    );
    expect(text).toContain(
      'billgraph_operation_seconds_count{operation="unreadable",type="unknown",status="INVALID_REQUEST"} 1',
    );
    expect(text).toContain(`billgraph_operation_statements_sum{operation="${operation}",type="query"} 2`);
    expect(text).toMatch(/billgraph_pool_connections\{state="idle"\} \d/);
    expect(text).not.toContain("Listing");
  });

  it("do not let callers make series without end, nor long ones, nor take the places of registered documents", async () => {
    const names = Array.from({ length: 220 }, (_, i) => `Op${i}${"x".repeat(90)}`);
    await Promise.all(names.map((name) => api.graphql(`query ${name} { viewer { keyId } }`)));
    const registered = "query RegisteredLate { viewer { keyId } }";
    await register(api, registered);
    await send(api, { documentId: idOf(registered) });
    const text = await (await get("/metrics")).text();
    expect(text.match(/billgraph_operation_seconds_count/g)?.length).toBeLessThan(210);
    expect(text.length).toBeLessThan(1_000_000);
    expect(text).toContain('operation="other"');
    expect(text).toContain('operation="RegisteredLate"');
    expect(text).not.toContain("xxxx");
  });

  it("ask for the token where there is one", async () => {
    const ask = async (authorization?: string): Promise<number> => {
      const { page } = createMetrics(api.database.pool, "the token of the tests");
      return statusOf(page, "127.0.0.1", authorization);
    };
    expect(await ask()).toBe(404);
    expect(await ask("Bearer wrong")).toBe(404);
    expect(await ask("Bearer the token of the tests")).toBe(200);
  });

  it("tell other machines nothing where there is no token, nor pages of other sites", async () => {
    const ask = (headers: Record<string, string>) => localStatus(`${api.url}/metrics`, headers);
    expect(await ask({})).toBe(200);
    expect(await ask({ host: "evil.example" })).toBe(404);
    expect(await ask({ "x-forwarded-for": "10.0.0.1" })).toBe(404);
  });
});

/** The status of an answer to a GET with headers that `fetch` would not send. */
function localStatus(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    sendPlain(url, { headers, agent: false }, (response) => resolve(response.resume().statusCode))
      .once("error", reject)
      .end();
  });
}

/** What a page answers to a request for the metrics from an address. */
async function statusOf(page: PageHandler, remoteAddress: string, authorization?: string): Promise<number> {
  let status = 200;
  const asked = { method: "GET", url: "/metrics", headers: { authorization }, socket: { remoteAddress } };
  const response = { writeHead: (code: number) => ((status = code), response), end: () => response };
  await page(asked as never, response as never);
  return status;
}
