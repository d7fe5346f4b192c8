import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { type Proxy, startProxy } from "../kit/proxy.ts";
import { type Call, Tally, send, sendUntilAnswered } from "./support/client.ts";
import { chance, effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { type FaultTenant, newFaultTenant } from "./support/tenant.ts";
import { type Workload, startWorkload } from "./support/workload.ts";

describe.skipIf(!serverUrl)("a bad line to the database", () => {
  let database: TestDatabase;
  let proxy: Proxy;
  let program: Program;
  beforeAll(async () => {
    database = await openTestDatabase();
    proxy = await startProxy(new URL(serverUrl ?? ""));
    program = await startProgram(proxy.route(new URL(database.url ?? "")).href);
  });
  afterAll(async () => {
    await program?.end("SIGKILL");
    await database.close();
    await proxy.close();
  });

  async function expectOnce(
    name: string,
    trouble: (load: Workload, random: () => number) => Promise<object>,
  ): Promise<void> {
    const load = startWorkload(() => program.url, await newFaultTenant(database));
    const counts = await trouble(load, chance(name));
    await load.stop();
    report(`network: ${name}`, { ...counts, batches: load.batches, ...load.tally.counts });
    await load.verify(database.pool);
    expect(load.tally.counts["no answer"]).toBeUndefined();
    expect(program.running).toBe(true);
  }

  const answers = effort(10, 1_000);

  it(`loses ${answers} answers to COMMIT: each batch takes effect once`, { timeout: patience }, () =>
    expectOnce("lost answers", async (load, random) => {
      const before = proxy.lost;
      proxy.loseCommits(() => random() < 0.3);
      while (proxy.lost - before < answers) await load.more(1);
      proxy.loseCommits(undefined);
      expect(load.tally.counts["replayed"]).toBeGreaterThan(0);
      return { lost: proxy.lost - before };
    }),
  );

  const resets = effort(20, 1_000);

  it(`breaks ${resets} times at random: each batch takes effect once`, { timeout: patience }, () =>
    expectOnce("resets", async (load, random) => {
      for (let reset = 0; reset < resets; reset++) {
        await pause(random() * 60);
        proxy.reset(random());
      }
      await load.more(1);
      return { resets };
    }),
  );

  const holes = effort(1, 10);

  it(`is silent for 3 s, ${holes} times: all is answered`, { timeout: patience }, () =>
    expectOnce("silence", async (load) => {
      for (let hole = 0; hole < holes; hole++) {
        await load.more(4);
        proxy.stall();
        await pause(3_000);
        proxy.pass();
      }
      await load.more(4);
      return { holes };
    }),
  );
});

describe.skipIf(!serverUrl)("a line to the database that is silent for good", () => {
  let database: TestDatabase;
  let proxy: Proxy;
  let program: Program;
  let tenant: FaultTenant;
  beforeAll(async () => {
    database = await openTestDatabase();
    tenant = await newFaultTenant(database);
    proxy = await startProxy(new URL(serverUrl ?? ""));
    program = await startProgram(proxy.route(new URL(database.url ?? "")).href, {
      STATEMENT_TIMEOUT_MS: "2000",
      REQUEST_TIMEOUT_MS: "2000",
    });
  });
  afterAll(async () => {
    await program?.end("SIGKILL");
    await database.close();
    await proxy.close();
  });

  it("leaves no request without an answer, and none behind", { timeout: patience }, async () => {
    const creating = (email: string): Call => ({
      apiKey: tenant.apiKey,
      key: email,
      query: `mutation { createCustomer(input: { email: "${email}" }) { created } }`,
    });
    const create = (email: string) => send(program.url, creating(email));
    const emails = Array.from({ length: 3 }, (_, n) => `silent-${n}@a.example`);
    const before = emails.map((email) =>
      sendUntilAnswered(() => program.url, creating(`before-${email}`), new Tally()),
    );
    for (const { status } of await Promise.all(before)) expect(status).toBe(200);
    proxy.stall();
    const replies = await Promise.all(emails.map(create));
    for (const { status, retryAfter, errors } of replies) {
      expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: "1" });
      expect(errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE" } }]);
    }
    proxy.cut();
    proxy.pass();
    proxy.mend();
    // A connection that died in the silence, or one that is slow to open anew, may cost a try more.
    const { data, replayed } = await sendUntilAnswered(
      () => program.url,
      creating("silent-0@a.example"),
      new Tally(),
    );
    expect({ data, replayed }).toEqual({ data: { createCustomer: { created: true } }, replayed: false });
  });
});
