import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey, revokeKey } from "../../src/domains/access/index.ts";
import { newKey } from "../../src/domains/access/key.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Asks who asks, with these headers and no other; the text of the answer included. */
async function ask(headers: Record<string, string>) {
  const body = JSON.stringify({ query: "{ viewer { keyId keyName } }" });
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, requestId: response.headers.get("x-request-id"), text };
}

/** The key with another letter before its checksum, which is put right again. */
function forged(key: string): string {
  const start = key.slice(0, -9) + (key.at(-9) === "A" ? "B" : "A");
  return start + crc32(start).toString(16).padStart(8, "0");
}

describe("ok", () => {
  it("tells whose key it is", async () => {
    const { environmentId, merchantId, key } = await api.newEnvironment({ livemode: true });
    expect(key).toMatch(/^rk_live_/);
    const { data } = await api.query(
      "{ viewer { keyId keyName scopes livemode environment { id livemode } merchant { id name } } }",
      {},
      key,
    );
    expect(data.viewer).toEqual({
      keyId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      keyName: "test",
      scopes: ["*"],
      livemode: true,
      environment: { id: environmentId, livemode: true },
      merchant: { id: merchantId, name: "Test merchant" },
    });
  });

  it("stores nothing of a key but its hash and its last letters", async () => {
    const { key } = await api.newEnvironment();
    const rows = await api.database.prisma.apiKey.findMany();
    const stored = JSON.stringify(rows);
    expect(stored).toContain(key.slice(-4));
    // The secret may have an underscore in it, too.
    expect(stored).not.toContain(key.slice("rk_sandbox_".length, -8));
    expect(rows.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });
});

describe("unauthenticated", () => {
  const wrong: Record<string, (key: string) => Record<string, string>> = {
    "no key": () => ({}),
    "an empty key": () => ({ "x-api-key": "" }),
    "a key that is malformed": () => ({ "x-api-key": "hunter2" }),
    "a key of another kind": (key) => ({ "x-api-key": key.replace("rk_", "sk_") }),
    "a key with a wrong checksum": (key) => ({
      "x-api-key": key.slice(0, -1) + (key.endsWith("0") ? "1" : "0"),
    }),
    "a key with another letter": (key) => ({ "x-api-key": forged(key) }),
    "a sandbox key that calls itself live": (key) => ({ "x-api-key": key.replace("_sandbox_", "_live_") }),
    "a key in capitals": (key) => ({ "x-api-key": key.toUpperCase() }),
    "a key with a letter more": (key) => ({ "x-api-key": `${key}0` }),
    "two keys": (key) => ({ "x-api-key": `${key}, ${key}` }),
    "a key that nobody has": () => ({ "x-api-key": newKey(false) }),
    "a key in another header": (key) => ({ authorization: `Bearer ${key}` }),
  };

  it.each(Object.entries(wrong))("refuses %s, and tells nothing of it", async (_name, headersOf) => {
    const headers = headersOf(api.key);
    const { status, requestId, text } = await ask(headers);
    expect(status).toBe(401);
    const body = JSON.parse(text) as { errors: { message: string; extensions: object }[] };
    expect(body).not.toHaveProperty("data");
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0]?.extensions).toEqual({
      code: "UNAUTHENTICATED",
      type: "authentication_error",
      requestId,
    });
    const secrets = Object.values(headers).filter((sent) => sent !== "");
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it("asks the database for keys of the right form only", async () => {
    const lookUps = async (key: string) => {
      api.statements.length = 0;
      await ask({ "x-api-key": key });
      return api.statements.length;
    };
    expect(await lookUps("hunter2")).toBe(0);
    const key = newKey(false);
    expect(await lookUps(`${key.slice(0, -1)}x`)).toBe(0);
    expect(await lookUps(`${key.slice(0, -1)}${key.endsWith("0") ? 1 : 0}`)).toBe(0);
    expect(await lookUps(newKey(false))).toBe(1);
  });

  it("refuses a revoked key within two seconds, and no other key of the environment", async () => {
    const wanted = { environmentId: api.environmentId, name: "to be revoked", scopes: ["*"] };
    const { key, apiKey } = await createKey(api.database.prisma, wanted);
    expect((await ask({ "x-api-key": key })).status).toBe(200);
    await revokeKey(api.database.prisma, apiKey.id);
    const revokedAt = performance.now();
    let answer = await ask({ "x-api-key": key });
    while (answer.status === 200 && performance.now() - revokedAt < 2_000)
      answer = await ask({ "x-api-key": key });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain(key);
    expect((await ask({ "x-api-key": key })).status).toBe(401);
    expect((await ask({ "x-api-key": api.key })).status).toBe(200);
  });

  it("lets nobody in while keys cannot be looked up, and lets them in after", async () => {
    const { key } = await api.newEnvironment();
    await api.database.pool.query("ALTER TABLE api_keys RENAME TO api_keys_away");
    const { status, text } = await ask({ "x-api-key": key });
    await api.database.pool.query("ALTER TABLE api_keys_away RENAME TO api_keys");
    expect(status).toBe(500);
    expect(text).toContain("INTERNAL_ERROR");
    expect(text).not.toMatch(/api_keys|relation|SELECT/);
    expect((await ask({ "x-api-key": key })).status).toBe(200);
  });
});
