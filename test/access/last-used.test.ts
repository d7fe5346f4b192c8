import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../../src/db/executor.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { createKey, useRecorder } from "../../src/domains/access/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask } from "./ask.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const make = async () => {
  const wanted = { environmentId: api.environmentId, name: "used", scopes: ["*"] };
  return createKey(api.database.prisma, wanted);
};
const lastUsed = async (id: string) =>
  (await api.database.prisma.apiKey.findFirstOrThrow({ where: { id } })).lastUsedAt;

/** An executor whose statements can be waited for. */
function watched() {
  const { query } = reader(api.database, platform);
  const writes: Promise<unknown>[] = [];
  const executor: Executor = {
    confined: false,
    query: (statement) => {
      const rows = query(statement);
      writes.push(rows);
      return rows as never;
    },
  };
  return { writes, executor };
}

describe("the last use of a key", () => {
  it("is there soon after a request, and costs it no statement", async () => {
    const { key, apiKey } = await make();
    expect(apiKey.lastUsedAt).toBeNull();
    api.statements.length = 0;
    expect((await ask(api, { "x-api-key": key })).status).toBe(200);
    expect(api.statements).toHaveLength(1);
    await expect.poll(() => lastUsed(apiKey.id)).toBeInstanceOf(Date);
  });

  it("is written once a minute", async () => {
    const { apiKey } = await make();
    const used = { environmentId: api.environmentId, keyId: apiKey.id };
    let now = 1;
    const { writes, executor } = watched();
    const record = useRecorder(executor, () => now);
    for (let i = 0; i < 100; i++) record(used);
    now = 60_000;
    record(used);
    expect(writes).toHaveLength(1);
    now = 60_002;
    record(used);
    expect(writes).toHaveLength(2);
    await Promise.all(writes);
  });

  it("is not written again within the minute by another server", async () => {
    const { apiKey } = await make();
    const used = { environmentId: api.environmentId, keyId: apiKey.id };
    const { writes, executor } = watched();
    useRecorder(executor)(used);
    await Promise.all(writes);
    const first = await lastUsed(apiKey.id);
    useRecorder(executor)(used);
    await Promise.all(writes);
    expect(writes).toHaveLength(2);
    expect(await lastUsed(apiKey.id)).toEqual(first);
  });

  it("that cannot be written troubles nobody", async () => {
    const failing: Executor = { confined: false, query: () => Promise.reject(new Error("away")) };
    expect(() => useRecorder(failing)({ environmentId: api.environmentId, keyId: "x" })).not.toThrow();
  });
});
