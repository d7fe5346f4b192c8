import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey, rotateKey } from "../../src/domains/access/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask } from "./ask.ts";

const older = "the pepper of last year";
const newer = "the pepper of this year";

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ keyPeppers: [newer, older] });
});
afterAll(() => api.close());

const make = (...peppers: string[]) => {
  const wanted = { environmentId: api.environmentId, name: "peppered", scopes: ["*"] };
  return createKey(api.database.prisma, wanted, peppers);
};
const statusOf = async (key: string) => (await ask(api, { "x-api-key": key })).status;

describe("a key works that was made", () => {
  it.each([
    ["with the pepper for new keys", [newer, older]],
    ["with an earlier pepper", [older]],
    ["without a pepper", []],
  ])("%s, found by one statement", async (_, peppers) => {
    const { key } = await make(...peppers);
    api.statements.length = 0;
    expect(await statusOf(key)).toBe(200);
    expect(api.statements.filter(({ text }) => text.includes("FROM api_keys"))).toHaveLength(1);
  });
});

it("does not work any more when its pepper was taken away", async () => {
  const { key } = await make("a pepper that is gone");
  expect(await statusOf(key)).toBe(401);
});

it("is stored as its HMAC by the first pepper, which its SHA-256 does not tell", async () => {
  const { key, apiKey } = await make(newer, older);
  expect(apiKey.hash).toBe(createHmac("sha256", newer).update(key).digest("hex"));
  expect(apiKey.hash).not.toBe(createHash("sha256").update(key).digest("hex"));
});

it("gets the pepper for new keys when it is rotated", async () => {
  const { apiKey } = await make();
  const { key, apiKey: made } = await rotateKey(api.database.prisma, apiKey.id, 0, [newer, older]);
  expect(made.hash).toBe(createHmac("sha256", newer).update(key).digest("hex"));
  expect(await statusOf(key)).toBe(200);
});
