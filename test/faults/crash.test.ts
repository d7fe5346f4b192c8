import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { serverUrl } from "../kit/database.ts";
import { type Cluster, createCluster, noCluster } from "./support/cluster.ts";
import { chance, effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { newFaultTenant } from "./support/tenant.ts";
import { startWorkload } from "./support/workload.ts";

if (serverUrl && noCluster) console.log(`faults: crash: skipped, because ${noCluster}`);

describe.skipIf(!serverUrl || noCluster !== undefined)("a database that is stopped hard under load", () => {
  let cluster: Cluster;
  let database: Database;
  let program: Program;
  beforeAll(async () => {
    cluster = await createCluster();
    database = await openDatabase({ databaseUrl: cluster.url, poolSize: 2 });
    program = await startProgram(cluster.url);
  });
  afterAll(async () => {
    await program?.end("SIGKILL");
    await database?.close();
    await cluster?.remove();
  });

  async function untilReady(): Promise<number> {
    const began = performance.now();
    while ((await fetch(`${program.url}/ready`)).status !== 200) await pause(5);
    return performance.now() - began;
  }

  const crashes = effort(2, 20);

  it(`${crashes} times: the server stays, and is ready within 2 s`, { timeout: patience }, async () => {
    const random = chance("crash");
    const load = startWorkload(() => program.url, await newFaultTenant(database));
    const times: number[] = [];
    for (let crash = 0; crash < crashes; crash++) {
      await load.more(8);
      await pause(random() * 100);
      await cluster.crash();
      expect((await fetch(`${program.url}/ready`)).status).toBe(503);
      await cluster.start();
      times.push(await untilReady());
    }
    await load.more(8);
    await load.stop();
    const slowest = Math.round(Math.max(...times));
    report("crash", { crashes, readyAfterMs: slowest, batches: load.batches, ...load.tally.counts });
    await load.verify(database.pool);
    expect(slowest).toBeLessThan(2_000);
    expect(program.running).toBe(true);
    expect(load.tally.counts["no answer"]).toBeUndefined();
    expect(load.tally.counts["SERVICE_UNAVAILABLE"]).toBeGreaterThan(0);
  });
});
