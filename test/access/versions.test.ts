import { GraphQLError } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey } from "../../src/domains/access/index.ts";
import { memoryBuckets } from "../../src/http/rate-limit/memory.ts";
import { currentParams, resultFor } from "../../src/http/versions/adapt.ts";
import type { VersionChange } from "../../src/http/versions/version-change.ts";
import { servedVersion } from "../../src/kit/api-versions.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { ask } from "./ask.ts";

const old = "2026-01-15";
const current = "2026-05-01";
let api: TestApi;
let keys: Record<string, string>;
beforeAll(async () => {
  api = await startApi({ takeTokens: memoryBuckets() });
  const make = async (apiVersion: string) => {
    const wanted = { environmentId: api.environmentId, name: "v", scopes: ["products:read"], apiVersion };
    return (await createKey(api.database.prisma, wanted)).key;
  };
  keys = { [old]: await make(old), [current]: await make(current) };
});
afterAll(() => api.close());

const send = (pinned: string, asked?: string, query?: string) =>
  ask(
    api,
    { "x-api-key": keys[pinned] ?? "", ...(asked !== undefined && { "revkeen-version": asked }) },
    query,
  );

describe("the version of an answer", () => {
  it.each([
    [old, undefined, old],
    [current, undefined, current],
    [old, current, current],
    [current, old, old],
  ])("of a key made for %s, asked for %s, is %s", async (pinned, asked, effective) => {
    const { status, headers } = await send(pinned, asked);
    expect(status).toBe(200);
    expect(headers.get("revkeen-version")).toBe(effective);
  });

  it("is the current one for a key that says nothing", async () => {
    expect((await ask(api, { "x-api-key": api.key })).headers.get("revkeen-version")).toBe(current);
  });

  it.each(["2026-05-02", "latest", "", "2026-05-01, 2026-01-15"])("is none for %j", async (asked) => {
    const { status, code, message, headers } = await send(current, asked);
    expect({ status, code }).toEqual({ status: 400, code: "INVALID_REQUEST" });
    expect(message).toContain("2026-01-15, 2026-05-01");
    expect(headers.get("revkeen-version")).toBe(current);
  });

  it("is told to nobody who is not known", async () => {
    const { status, headers } = await ask(api, { "revkeen-version": old });
    expect(status).toBe(401);
    expect(headers.get("revkeen-version")).toBeNull();
  });
});

describe("codes of errors", () => {
  const denied = "{ products { totalCount } customers { totalCount } }";

  it.each([
    ["a field", denied, 200, "permission_denied"],
    ["a document", "{ nonsense }", 200, "invalid_request"],
  ])("of %s are in lower case before 2026-05-01, and in upper case since", async (_, query, status, code) => {
    expect(await send(old, undefined, query)).toMatchObject({ status, code });
    expect(await send(current, old, query)).toMatchObject({ status, code });
    expect(await send(current, undefined, query)).toMatchObject({ status, code: code.toUpperCase() });
    expect(await send(old, current, query)).toMatchObject({ status, code: code.toUpperCase() });
  });

  it("of the gates are as well", async () => {
    expect(await send(old, "2020-01-01")).toMatchObject({ status: 400, code: "invalid_request" });
    expect(await send(current, "2020-01-01")).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    const wanted = {
      environmentId: api.environmentId,
      name: "one",
      scopes: ["*"],
      burst: 1,
      requestsPerMinute: 1,
    };
    const { key } = await createKey(api.database.prisma, { ...wanted, apiVersion: old });
    await ask(api, { "x-api-key": key });
    expect(await ask(api, { "x-api-key": key })).toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  });

  it("leave the rest of the answer alone", async () => {
    const { data, text } = await send(old, undefined, denied);
    expect(data).toEqual({ products: { totalCount: 0 }, customers: null });
    expect(JSON.parse(text)).toMatchObject({
      errors: [
        { path: ["customers"], extensions: { type: "permission_error", requestId: expect.any(String) } },
      ],
      extensions: { cost: { requested: expect.any(Number) } },
    });
  });
});

describe("changes", () => {
  const change = (before: VersionChange["before"], letter: string): VersionChange => ({
    before,
    adaptParams: (params) => ({ ...params, query: `${params.query ?? ""}${letter}` }),
    adaptResult: (result) => ({ ...result, data: { told: `${String(result.data?.["told"])}${letter}` } }),
  });
  const changes = [change("2026-01-15", "a"), change("2026-05-01", "b"), change("2026-05-01", "c")];

  it("are undone for versions before them, the newest first, and requests go the other way", () => {
    expect(currentParams(old, { query: "" }, changes)).toEqual({ query: "bc" });
    expect(resultFor(old, { data: { told: "" } }, changes).data).toEqual({ told: "cb" });
    expect(currentParams(current, { query: "" }, changes)).toEqual({ query: "" });
    expect(resultFor(current, { data: { told: "" } }, changes).data).toEqual({ told: "" });
  });

  it("of which there are none to the result leave it as it is", () => {
    const result = { errors: [new GraphQLError("x", { extensions: { code: "X" } })] };
    expect(resultFor(old, result, [{ before: current }])).toBe(result);
  });
});

it.each([
  ["2026-05-01", current],
  ["2026-01-15", old],
  ["2025-01-01", old],
  ["2026-03-01", old],
  ["2027-01-01", current],
])("a key made for %s is served by %s", (pinned, served) => expect(servedVersion(pinned)).toBe(served));
