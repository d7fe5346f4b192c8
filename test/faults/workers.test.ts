import { execFileSync } from "node:child_process";
import { Agent, type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey } from "../../src/domains/access/index.ts";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { type Program, startProgram } from "./support/program.ts";

it("the embedded database refuses to serve several processes", () => {
  expect(() => loadConfig({ WORKERS: "2" })).toThrow(ConfigError);
  expect(() => loadConfig({ WORKERS: "2" })).toThrow(/WORKERS: .*set DATABASE_URL/);
  expect(loadConfig({ WORKERS: "2", DATABASE_URL: "postgres://localhost/x" }).workers).toBe(2);
});

describe.skipIf(!serverUrl)("a program of two processes", () => {
  let database: TestDatabase;
  let program: Program;
  let key: string;
  beforeAll(async () => {
    database = await openTestDatabase();
    const { id: environmentId } = await database.prisma.environment.create({
      data: { id: newId(), merchantId: newId(), merchantName: "Test merchant", livemode: false },
    });
    const limits = { requestsPerMinute: 1, burst: 10 };
    ({ key } = await createKey(database.prisma, { environmentId, name: "test", scopes: ["*"], ...limits }));
    program = await startProgram(database.url ?? "", { WORKERS: "2", RATE_LIMIT: "on" });
  });
  afterAll(async () => {
    await program.end("SIGKILL");
    await database.close();
  });

  it("answers by each of them, and both keep to one limit", async () => {
    const asked = await Promise.all(Array.from({ length: 30 }, () => send("POST", "/graphql")));
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(20);
    expect(await processes(2)).toEqual(["1", "2"]);
  });

  it("leaves no caller waiting whose connection came while one was stuck and died", async () => {
    const [victim = 0] = childrenOf(program.processId);
    process.kill(victim, "SIGSTOP");
    const asked = Array.from({ length: 12 }, () => send("GET", "/ready"));
    // Some are answered by the other one; by then all of them were handed to somebody.
    expect((await Promise.any(asked)).status).toBe(200);
    process.kill(victim, "SIGKILL");
    const waiting = new Promise((resolve) => setTimeout(resolve, 5_000, "some still wait"));
    expect(await Promise.race([Promise.allSettled(asked), waiting])).toHaveLength(12);
    expect(await processes(2)).toContain("3");
  });

  it("puts another one in the place of one that dies", async () => {
    const [victim = 0] = childrenOf(program.processId);
    process.kill(victim, "SIGKILL");
    await expect.poll(() => childrenOf(program.processId).includes(victim)).toBe(false);
    expect(await processes(2)).toContain("4");
    expect((await send("GET", "/ready")).status).toBe(200);
    expect(program.running).toBe(true);
    expect(program.output()).toContain("another one takes its place");
  });

  it("ends when all of them have taken their leave", async () => {
    const children = childrenOf(program.processId);
    expect(children).toHaveLength(2);
    expect(await program.end("SIGTERM")).toBe(0);
    expect(running().filter(({ id }) => children.includes(id))).toEqual([]);
    await expect(send("GET", "/ready")).rejects.toThrow("ECONNREFUSED");
  });

  /** Sends a request by a connection of its own. */
  function send(method: string, path: string): Promise<{ status: number; text: string }> {
    const agent = new Agent();
    const headers = { "content-type": "application/json", "x-api-key": key };
    return new Promise((resolve, reject) => {
      const read = (response: IncomingMessage): void => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      };
      const outgoing = request(program.url + path, { method, agent, headers }, read);
      outgoing.once("error", reject);
      outgoing.end(method === "POST" ? JSON.stringify({ query: "{ viewer { keyName } }" }) : undefined);
    });
  }

  /** The numbers of the processes that answer, as soon as there are as many. */
  async function processes(count: number): Promise<string[]> {
    let seen = new Set<string>();
    await expect
      .poll(
        async () => {
          const answers = await Promise.all(Array.from({ length: 8 }, () => send("GET", "/metrics")));
          seen = new Set(answers.flatMap(({ text }) => /process="(\d+)"/.exec(text)?.[1] ?? []));
          return seen.size;
        },
        { timeout: 30_000 },
      )
      .toBe(count);
    return [...seen].toSorted();
  }
});

it.skipIf(!serverUrl)("a program whose processes cannot start says why, and ends", async () => {
  const nowhere = new URL(serverUrl ?? "");
  nowhere.pathname = "/no_such_database";
  await expect(startProgram(nowhere.href, { WORKERS: "2" })).rejects.toThrow(
    /ended with 1[^]*no_such_database/,
  );
});

/** The processes that a process has started. */
function childrenOf(processId: number): number[] {
  return running()
    .filter(({ parent }) => parent === processId)
    .map(({ id }) => id);
}

function running(): { id: number; parent: number }[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [id = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    return { id, parent };
  });
}
