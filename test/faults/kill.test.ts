import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { chance, effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { newFaultTenant } from "./support/tenant.ts";
import { startWorkload } from "./support/workload.ts";

describe.skipIf(!serverUrl)("servers that are killed in the middle of keyed batches", () => {
  let database: TestDatabase;
  const programs: Program[] = [];
  beforeAll(async () => {
    database = await openTestDatabase();
    const url = database.url ?? "";
    programs.push(...(await Promise.all([startProgram(url), startProgram(url)])));
  });
  afterAll(async () => {
    await Promise.all(programs.map(({ end }) => end("SIGKILL")));
    await database.close();
  });

  const rounds = effort(5, 200);

  it(`${rounds} times: nothing is lost, half written, or done twice`, { timeout: patience }, async () => {
    const random = chance("kill");
    let turn = 0;
    const pick = (): string => programs[turn++ % programs.length]?.url ?? "";
    const load = startWorkload(pick, await newFaultTenant(database));
    for (let round = 0; round < rounds; round++) {
      const place = round % programs.length;
      await load.more(4);
      await pause(random() * 60);
      expect(await programs[place]?.end("SIGKILL")).toBeNull();
      load.pause();
      await load.checkWhole(database.pool);
      if (round < rounds - 1) programs[place] = await startProgram(database.url ?? "");
      load.resume();
    }
    await load.stop();
    report("kill", { rounds, batches: load.batches, ...load.tally.counts });
    await load.verify(database.pool);
  });
});
