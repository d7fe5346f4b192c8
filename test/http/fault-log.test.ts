import { describe, expect, it } from "vitest";
import { Abandoned, CallerGone } from "../../src/db/abandon.ts";
import { logFault } from "../../src/http/load/fault-log.ts";
import { createLogger } from "../../src/http/logger.ts";
import { serverUrl } from "../kit/database.ts";
import { startApi } from "../kit/api.ts";

function listening() {
  const lines: Record<string, any>[] = [];
  const logger = createLogger("info", { write: (line) => void lines.push(JSON.parse(line)) });
  return { lines, logger };
}

describe("the log of faults", () => {
  it("has one line for a request, however many of its fields failed", () => {
    const { lines, logger } = listening();
    for (const field of ["a", "b", "c"]) {
      logFault(logger, { error: new Error(field), requestId: "req_1", path: [field] }, "failed");
    }
    logFault(logger, { error: new Error("d"), requestId: "req_2", path: ["d"] }, "failed");
    expect(lines.map(({ requestId, path }) => [requestId, path])).toEqual([
      ["req_1", ["a"]],
      ["req_2", ["d"]],
    ]);
    expect(lines[0]?.["err"].stack).toContain("Error: a");
  });

  it("has no stacks of passing trouble, and nothing of callers who hang up", () => {
    const { lines, logger } = listening();
    const late = new Abandoned("the request took too long");
    logFault(logger, { error: late, requestId: "req_1", path: undefined }, "away");
    logFault(logger, { error: new CallerGone(), requestId: "req_2", path: undefined }, "away");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ reason: "the request took too long" });
    expect(lines[0]).not.toHaveProperty("err");
  });

  it("has some lines a second at the most, and counts the rest", async () => {
    const { lines, logger } = listening();
    const fail = (index: number) =>
      logFault(logger, { error: new Error("x"), requestId: `req_${index}`, path: undefined }, "failed");
    let next = 0;
    for (; next < 1_000; next += 1) fail(next);
    expect(lines.length).toBeLessThanOrEqual(20);
    await expect.poll(() => (fail((next += 1)), lines.find(({ count }) => count))).toBeDefined();
    expect(lines.find(({ count }) => count)?.["count"]).toBeGreaterThanOrEqual(980);
  });
});

it.skipIf(!serverUrl)(
  "a caller who hangs up while the database works leaves no line in the log",
  async () => {
    const { lines, logger } = listening();
    const api = await startApi({ logger });
    const client = await api.database.adminPool.connect();
    const held = async () => {
      const { rows } = await client.query(
        "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows[0]?.count as number;
    };
    await client.query("BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
    const caller = new AbortController();
    const headers = { "content-type": "application/json", "x-api-key": api.key };
    const body = JSON.stringify({ query: "{ customers(first: 1) { nodes { id } } }" });
    const asked = fetch(`${api.url}/graphql`, { method: "POST", headers, body, signal: caller.signal });
    const hungUp = asked.catch((error: Error) => error.name);
    await expect.poll(held).toBe(1);
    caller.abort();
    expect(await hungUp).toBe("AbortError");
    await expect.poll(held).toBe(0);
    await client.query("ROLLBACK");
    client.release();
    expect((await api.graphql("{ customers(first: 1) { nodes { id } } }")).status).toBe(200);
    expect(lines).toEqual([]);
    await api.close();
  },
);
