import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { createKey, keyAuthenticator } from "../../src/domains/access/index.ts";
import type { NewApiKey } from "../../src/domains/access/key-settings.ts";
import { memoryBuckets } from "../../src/http/rate-limit/memory.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask } from "./ask.ts";

let api: TestApi;
let behindProxy: TestApi;
beforeAll(async () => {
  api = await startApi({ takeTokens: memoryBuckets() });
  behindProxy = await startApi({ trustedProxies: ["127.0.0.1", "10.9.0.0/16"] });
});
afterAll(() => Promise.all([api.close(), behindProxy.close()]));

const make = (settings: Partial<NewApiKey>, { database, environmentId } = api) =>
  createKey(database.prisma, { environmentId, name: "ruled", scopes: ["*"], ...settings });

/** Sets the key's expiry to this interval from now, by the database's clock. */
const expireIn = (id: string, interval: string) =>
  api.database.prisma.$executeRaw(
    Prisma.sql`UPDATE api_keys SET expires_at = clock_timestamp() + ${interval}::interval WHERE id = ${id}::uuid`,
  );

describe("expiry", () => {
  it("is set by the lifetime", async () => {
    const { key, apiKey } = await make({ lifetimeMs: 90 * 86_400_000 });
    const { createdAt, expiresAt } = apiKey;
    expect(Math.abs((expiresAt?.getTime() ?? 0) - createdAt.getTime() - 90 * 86_400_000)).toBeLessThan(5_000);
    expect((await ask(api, { "x-api-key": key })).status).toBe(200);
  });

  it("ends a key", async () => {
    const { key, apiKey } = await make({ lifetimeMs: 60_000 });
    await expireIn(apiKey.id, "-1 millisecond");
    expect(await ask(api, { "x-api-key": key })).toMatchObject({
      status: 401,
      code: "UNAUTHENTICATED",
      message: expect.stringContaining("has expired") as string,
    });
  });

  it("is not outlived by what is remembered of a key", async () => {
    const { key, apiKey } = await make({});
    const once = async () => {
      const seen = { now: 0, lookUps: 0 };
      const counted = { ...api.database, observe: () => void seen.lookUps++ };
      const find = keyAuthenticator(reader(counted, platform), [], () => seen.now);
      await expireIn(apiKey.id, "900 milliseconds");
      return { seen, find, found: await find(key) };
    };
    let tried = await once();
    // A slow machine may be too late.
    while (!tried.found) tried = await once();
    tried.seen.now = 950;
    await tried.find(key);
    expect(tried.seen.lookUps).toBe(2);
  });

  it("ends a key that is in the cache", async () => {
    const { key, apiKey } = await make({ requestsPerMinute: 1_000_000 });
    const status = async () => (await ask(api, { "x-api-key": key })).status;
    do {
      // A slow machine may be too late.
      await expireIn(apiKey.id, "400 milliseconds");
    } while ((await status()) !== 200);
    await expect.poll(status).toBe(401);
  });
});

describe("allowed addresses", () => {
  it("let a key in from there", async () => {
    const { key } = await make({ allowedAddresses: ["127.0.0.1", "2001:db8::/32"] });
    expect((await ask(api, { "x-api-key": key })).status).toBe(200);
  });

  it("keep it out from elsewhere, without telling the list", async () => {
    const { key } = await make({ allowedAddresses: ["10.20.0.0/16"] });
    const answer = await ask(api, { "x-api-key": key });
    expect(answer).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(answer.message).toContain("allowed addresses");
    expect(answer.text).not.toContain("10.20");
  });

  it("do not believe X-Forwarded-For of anyone", async () => {
    const { key } = await make({ allowedAddresses: ["10.20.0.0/16"] });
    const headers = { "x-api-key": key, "x-forwarded-for": "10.20.0.1" };
    expect((await ask(api, headers)).status).toBe(401);
  });

  it.each([
    ["10.20.0.1", 200],
    ["10.20.0.1, 10.9.0.1", 200],
    ["10.20.0.1, 198.51.100.7", 401],
    ["198.51.100.7", 401],
    ["unknown", 401],
    ["", 401],
  ])("behind a trusted proxy, X-Forwarded-For: %s gives %s", async (forwarded, status) => {
    const { key } = await make({ allowedAddresses: ["10.20.0.0/16"] }, behindProxy);
    const answer = await ask(behindProxy, { "x-api-key": key, "x-forwarded-for": forwarded });
    expect(answer.status).toBe(status);
  });
});

describe("limits of its own", () => {
  it.each([
    [{ requestsPerMinute: 30, burst: 5 }, "5"],
    [{ requestsPerMinute: 30 }, "60"],
    [{ burst: 7 }, "7"],
    [{}, "200"],
  ])("%j hold %s at once", async (settings, limit) => {
    const { key } = await make(settings);
    expect((await ask(api, { "x-api-key": key })).headers.get("ratelimit-limit")).toBe(limit);
  });

  it("stop a key where they say", async () => {
    const { key } = await make({ requestsPerMinute: 1, burst: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask(api, { "x-api-key": key })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe("a new key is refused", () => {
  it.each<[Partial<NewApiKey>, string, string]>([
    [{ allowedAddresses: ["10.0.0.0/40"] }, "allowedAddresses", "INVALID"],
    [
      { allowedAddresses: Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`) },
      "allowedAddresses",
      "TOO_LONG",
    ],
    [{ lifetimeMs: 0 }, "lifetimeMs", "INVALID"],
    [{ lifetimeMs: 1.5 }, "lifetimeMs", "INVALID"],
    [{ requestsPerMinute: 0 }, "requestsPerMinute", "INVALID"],
    [{ burst: 1_000_001 }, "burst", "INVALID"],
    [{ apiVersion: "2026-05-02" }, "apiVersion", "INVALID"],
  ])("%j", async (settings, path, code) => {
    await expect(make(settings)).rejects.toMatchObject({ faults: [{ code, path: [path] }] });
  });
});
