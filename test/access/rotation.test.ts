import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey, revokeKey, rotateKey } from "../../src/domains/access/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask } from "./ask.ts";

const day = 86_400_000;
let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const settings = {
  name: "rotated",
  scopes: ["customers:read", "invoices:*"],
  allowedAddresses: ["127.0.0.0/8"],
  requestsPerMinute: 50,
  burst: 60,
  apiVersion: "2026-01-15",
};
const make = (more: object = {}) =>
  createKey(api.database.prisma, { environmentId: api.environmentId, ...settings, ...more });
const rotate = (id: string, overlapMs?: number) => rotateKey(api.database.prisma, id, overlapMs);

/** The milliseconds from now until a time. */
const until = (time: Date | null) => (time?.getTime() ?? Number.NaN) - Date.now();

describe("a rotated key", () => {
  it("is followed by one like it, and both work", async () => {
    const old = await make();
    const { key, apiKey, replaced } = await rotate(old.apiKey.id);
    expect(apiKey).toMatchObject({ ...settings, environmentId: api.environmentId, expiresAt: null });
    expect(apiKey.hash).not.toBe(old.apiKey.hash);
    expect(replaced).toMatchObject({ id: old.apiKey.id, replacedById: apiKey.id });
    expect(Math.abs(until(replaced.expiresAt) - day)).toBeLessThan(10_000);
    for (const each of [old.key, key]) expect((await ask(api, { "x-api-key": each })).status).toBe(200);
  });

  it("stops at once without an overlap", async () => {
    const old = await make();
    const { key } = await rotate(old.apiKey.id, 0);
    expect((await ask(api, { "x-api-key": old.key })).status).toBe(401);
    expect((await ask(api, { "x-api-key": key })).status).toBe(200);
  });

  it("does not work longer than it would have, and the new one as long as it was meant to", async () => {
    const old = await make({ lifetimeMs: 3_600_000 });
    const { apiKey, replaced } = await rotate(old.apiKey.id, 7 * day);
    expect(replaced.expiresAt).toEqual(old.apiKey.expiresAt);
    expect(Math.abs(until(apiKey.expiresAt) - 3_600_000)).toBeLessThan(10_000);
  });

  it("is rotated once, however many try", async () => {
    const old = await make();
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => rotate(old.apiKey.id)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const reasons = tries.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    for (const reason of reasons) expect(reason).toMatchObject({ faults: [{ code: "ILLEGAL_STATE" }] });
  });
});

describe("rotation is refused", () => {
  it.each([-1, 0.5, 7 * day + 1, Number.NaN])("for an overlap of %d", async (overlap) => {
    const { apiKey } = await make();
    await expect(rotate(apiKey.id, overlap)).rejects.toMatchObject({ faults: [{ path: ["overlap"] }] });
  });

  it("for a key that was revoked, and for one that there is not", async () => {
    const { apiKey } = await make();
    await revokeKey(api.database.prisma, apiKey.id);
    await expect(rotate(apiKey.id)).rejects.toMatchObject({ faults: [{ code: "ILLEGAL_STATE" }] });
    await expect(rotate(newId())).rejects.toMatchObject({ faults: [{ code: "NOT_FOUND" }] });
  });

  it("for a key that has expired", async () => {
    const { apiKey } = await make();
    await api.database.prisma.apiKey.updateMany({
      where: { id: apiKey.id },
      data: { expiresAt: new Date(0) },
    });
    await expect(rotate(apiKey.id)).rejects.toMatchObject({ faults: [{ code: "ILLEGAL_STATE" }] });
  });
});
