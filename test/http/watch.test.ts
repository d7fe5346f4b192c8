import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "../../src/http/metrics.ts";
import { createLogger } from "../../src/http/logger.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { watchPages } from "../../src/http/watch-pages.ts";
import type { PageHandler } from "../../src/http/server.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  // The pages need the database, which only the started server has: they are asked for when they are needed.
  const late: { metrics?: ReturnType<typeof createMetrics>; watch?: PageHandler } = {};
  api = await startApi({
    pages: [(...request) => late.watch?.(...request), (...request) => late.metrics?.page(...request)],
    observe: (report) => late.metrics?.observe(report),
  });
  late.metrics = createMetrics(api.database.pool, undefined);
  late.watch = watchPages({ database: api.database, schema: buildSchema(), logger: createLogger("silent") });
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });

describe("pages that ask for no key", () => {
  it("tell that the process lives and is ready", async () => {
    expect(await (await get("/live")).text()).toBe("live\n");
    expect(await (await get("/ready")).text()).toBe("ready\n");
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

  it("count operations by name, type and status, with their statements", async () => {
    await api.graphql("query Listing { customers(first: 1) { nodes { id } } }");
    await api.graphql("query Listing { customers(first: 1) { nodes { id } } }");
    await api.graphql("{ viewer { keyId } }");
    await api.graphql("{ nonsense }");
    const text = await (await get("/metrics")).text();
    expect(text).toContain(
      'billgraph_operation_seconds_count{operation="Listing",type="query",status="ok"} 2',
    );
    expect(text).toContain(
      'billgraph_operation_seconds_count{operation="anonymous",type="query",status="ok"} 1',
    );
    expect(text).toContain(
      'billgraph_operation_seconds_count{operation="anonymous",type="unknown",status="INVALID_REQUEST"} 1',
    );
    expect(text).toContain('billgraph_operation_statements_sum{operation="Listing",type="query"} 2');
    expect(text).toMatch(/billgraph_pool_connections\{state="idle"\} \d/);
  });

  it("do not let callers make series without end", async () => {
    const names = Array.from({ length: 220 }, (_, i) => `Op${i}`);
    await Promise.all(names.map((name) => api.graphql(`query ${name} { viewer { keyId } }`)));
    const text = await (await get("/metrics")).text();
    expect(text.match(/billgraph_operation_seconds_count/g)?.length).toBeLessThan(210);
    expect(text).toContain('operation="other"');
  });

  it("ask for the token where there is one", async () => {
    const { page } = createMetrics(api.database.pool, "the token of the tests");
    const ask = async (authorization?: string): Promise<number> => {
      let status = 200;
      const request = {
        method: "GET",
        url: "/metrics",
        headers: { authorization },
        socket: { remoteAddress: "127.0.0.1" },
      };
      const response = { writeHead: (code: number) => ((status = code), response), end: () => response };
      await page(request as never, response as never);
      return status;
    };
    expect(await ask()).toBe(404);
    expect(await ask("Bearer wrong")).toBe(404);
    expect(await ask("Bearer the token of the tests")).toBe(200);
  });
});
