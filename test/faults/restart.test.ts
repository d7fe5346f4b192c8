import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { Tally } from "./support/client.ts";
import { effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { type FaultTenant, newFaultTenant } from "./support/tenant.ts";

describe.skipIf(!serverUrl)("servers that are restarted in turn under load", () => {
  let database: TestDatabase;
  let tenant: FaultTenant;
  const programs: Program[] = [];
  beforeAll(async () => {
    database = await openTestDatabase();
    tenant = await newFaultTenant(database);
    const url = database.url ?? "";
    programs.push(...(await Promise.all([startProgram(url), startProgram(url)])));
  });
  afterAll(async () => {
    await Promise.all(programs.map(({ end }) => end("SIGKILL")));
    await database.close();
  });

  const restarts = effort(1, 30);

  it(`restarted ${restarts} times: no request is lost`, { timeout: patience }, async () => {
    const tally = new Tally();
    const agent = new Agent({ keepAlive: true });
    let turn = 0;
    let sent = 0;
    let stopping = false;

    /** One attempt. Rejects with the code of a connection that broke. */
    const attempt = (program: Program, email: string): Promise<{ status: number; text: string }> =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json", "x-api-key": tenant.apiKey };
        const outgoing = request(`${program.url}/graphql`, { method: "POST", agent, headers }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("error", reject);
          response.on("end", () => {
            if (response.headers.connection === "close") tally.add("asked to leave");
            resolve({ status: response.statusCode ?? 0, text });
          });
        });
        outgoing.on("error", reject);
        outgoing.end(
          JSON.stringify({ query: `mutation { createCustomer(input: { email: "${email}" }) { created } }` }),
        );
      });

    async function work(): Promise<void> {
      while (!stopping) {
        const email = `restart-${sent++}@a.example`;
        for (;;) {
          const program = programs[turn++ % programs.length] as Program;
          try {
            const { status, text } = await attempt(program, email);
            expect({ status, text: JSON.parse(text).data }).toEqual({
              status: 200,
              text: { createCustomer: { created: true } },
            });
            break;
          } catch (error) {
            // Nothing was sent, so anyone may be asked instead.
            if ((error as { code?: unknown }).code !== "ECONNREFUSED") throw error;
            tally.add("refused");
          }
        }
      }
    }

    const workers = Promise.all(Array.from({ length: 8 }, () => work()));
    workers.catch(() => {
      stopping = true;
    });
    for (let restart = 0; restart < restarts && !stopping; restart++) {
      const place = restart % programs.length;
      const program = programs[place] as Program;
      const ended = program.end("SIGTERM");
      const notReady = await untilNotReady(program.url);
      expect(notReady).toBe(503);
      expect(await ended).toBe(0);
      if (restart < restarts - 1) programs[place] = await startProgram(database.url ?? "");
    }
    stopping = true;
    await workers;
    agent.destroy();
    report("restart", { restarts, requests: sent, ...tally.counts });
    const { environmentId } = tenant;
    expect(await database.prisma.customer.count({ where: { environmentId } })).toBe(sent);
    expect(tally.counts["asked to leave"]).toBeGreaterThan(0);
  });
});

/** What `/ready` says when it no longer says 200. */
async function untilNotReady(url: string): Promise<number> {
  for (;;) {
    const { status } = await fetch(`${url}/ready`);
    if (status !== 200) return status;
    await pause(5);
  }
}
