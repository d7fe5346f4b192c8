import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Hit, type Shot, ask, attack } from "./attack.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ corsOrigins: ["https://app.example.com"] });
});
afterAll(() => api.close());

const ok = ask("{ viewer { keyName } }");
const create = 'mutation { createCustomer(input: { email: "x@a.example" }) { created } }';
const byGet = (query: string, more = "") => ({
  method: "GET",
  path: `/graphql?query=${encodeURIComponent(query)}${more}`,
});
const refusal = (hit: Hit) => [hit.status, hit.errors[0]?.extensions.code];
const shoot = (shot: Shot) => attack(api, shot);

describe("a body that is too large or too deep", () => {
  it("of 20 MB is refused", async () => {
    const body = ask(`{ viewer { keyName } } #${"x".repeat(20_000_000)}`);
    expect(refusal(await shoot({ body }))).toEqual([413, "INVALID_REQUEST"]);
  });

  it.each([
    ["a bomb", gzipSync(ask(`{ viewer { keyName } } #${"x".repeat(5_000_000)}`))],
    ["a small one", gzipSync(ok)],
  ])("compressed, %s, is refused", async (_name, body) => {
    for (const encoding of ["gzip", "deflate", "br", "gzip, gzip", "nope"]) {
      const hit = await shoot({ body, headers: { "content-encoding": encoding } });
      expect(refusal(hit)).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    }
  });

  const nest = (open: string, close: string) => open.repeat(200_000) + close.repeat(200_000);
  it.each([
    ["variables", `{"query":"{ __typename }","variables":{"a":${nest("[", "]")}}}`],
    [
      "variables of objects",
      `{"query":"{ __typename }","variables":${nest('{"a":', "}").replace("}", "1}")}}`,
    ],
    ["a list", nest("[", "]")],
  ])("200,000 levels of %s are refused", async (_name, body) => {
    expect(refusal(await shoot({ body, headers: { accept: "application/graphql-response+json" } }))).toEqual([
      400,
      "INVALID_REQUEST",
    ]);
  });

  it("200,000 levels of extensions, which nobody reads, do no harm", async () => {
    const body = `{"query":"{ __typename }","extensions":{"a":${nest("[", "]")}}}`;
    expect((await shoot({ body })).data).toEqual({ __typename: "Query" });
  });

  it.each([10, 5_000])("a batch of %s is refused", async (count) => {
    const body = `[${Array(count).fill(ok).join(",")}]`;
    expect(refusal(await shoot({ body }))).toEqual([400, "INVALID_REQUEST"]);
  });
});

describe("what another site can make a browser send", () => {
  it.each<[string, Shot]>([
    ["a mutation by GET", byGet(create)],
    [
      "a mutation by GET beside a query",
      byGet(`query q { viewer { keyName } } ${create.replace("mutation", "mutation m")}`, "&operationName=m"),
    ],
  ])("%s is 405", async (_name, shot) => {
    expect(refusal(await shoot(shot))).toEqual([405, "METHOD_NOT_ALLOWED"]);
  });

  it.each([
    "text/plain",
    "text/plain; charset=utf-8",
    "text/plain;application/json",
    "TEXT/PLAIN",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/graphql",
    "application/json-patch+json",
    "application/jsonx",
    "json",
    " ",
    undefined,
  ])("a body of the type %s is 415", async (type) => {
    for (const body of [ask(create), `query=${encodeURIComponent(create)}`, create]) {
      const hit = await shoot({ body, headers: { "content-type": type } });
      expect(refusal(hit)).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    }
  });

  it("has changed nothing", async () => {
    expect(await api.database.prisma.customer.count()).toBe(0);
  });

  it.each([
    "https://evil.example",
    "null",
    "https://app.example.com.evil.example",
    "http://app.example.com",
    "https://app.example.com:444",
    "https://APP.example.com",
    "*",
  ])("learns nothing as the origin %s", async (origin) => {
    const answer = await shoot({ body: ok, headers: { origin } });
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    const preflight = await shoot({
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key",
      },
    });
    for (const name of Object.keys(preflight.headers)) expect(name).not.toMatch(/^access-control-/);
  });

  it("may be that of the pages that we know, without credentials", async () => {
    const { headers } = await shoot({ body: ok, headers: { origin: "https://app.example.com" } });
    expect(headers["access-control-allow-origin"]).toBe("https://app.example.com");
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
    expect(headers.vary).toMatch(/origin/i);
  });
});

describe("every answer", () => {
  it.each<[string, Shot]>([
    ["that is good", { body: ok }],
    ["to a document that is wrong", { body: ask("{ nope }") }],
    ["to a body that is wrong", { body: "{" }],
    ["without a key", { body: ok, headers: { "x-api-key": undefined } }],
    ["with a wrong key", { body: ok, headers: { "x-api-key": "rk_sandbox_nope" } }],
    ["from nowhere", { method: "GET", path: "/nothing" }],
    ["to a wrong method", { method: "PUT", body: ok }],
  ])("%s is kept from guessing, keeping and framing, and tells no versions", async (_name, shot) => {
    const { headers, text } = await shoot(shot);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    });
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-type"]).toMatch(/json/);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["x-powered-by"]));
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["server"]));
    expect(text).not.toMatch(/tracing|ftv1|yoga|pothos/i);
  });

  it("hides who asked from the trace of gateways", async () => {
    const hit = await shoot({ body: ok, headers: { "apollo-federation-include-trace": "ftv1" } });
    expect(hit.text).not.toContain("ftv1");
  });
});

describe("a body that is malformed", () => {
  it.each<[string, string | Buffer]>([
    ["none", ""],
    ["blanks", " \n\t"],
    ["half", '{"query":"{ viewer'],
    ["a document without JSON", "{ viewer { keyName } }"],
    ["null", "null"],
    ["true", "true"],
    ["a text", '"{ viewer { keyName } }"'],
    ["a list of lists", "[[]]"],
    ["two bodies", `${ok}${ok}`],
    ["no JSON but JavaScript", "{query:'{ viewer { keyName } }'}"],
    ["NUL", "\u0000"],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0xfd, 0x7d])],
    ["UTF-16", Buffer.from(ok, "utf16le")],
    ["a query of a list", '{"query":["{ viewer { keyName } }"]}'],
    ["a query of an object", '{"query":{"a":1}}'],
    ["a query of NUL", '{"query":"\\u0000"}'],
    ["variables of a list", '{"query":"{ viewer { keyName } }","variables":[1]}'],
    ["NaN", '{"query":"{ viewer { keyName } }","variables":{"a":NaN}}'],
    ["a hash that nobody stored", '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}'],
  ])("%s is refused", async (_name, body) => {
    const hit = await shoot({ body, headers: { accept: "application/graphql-response+json" } });
    expect(refusal(hit)).toEqual([400, "INVALID_REQUEST"]);
  });

  it("that would change what objects are changes nothing", async () => {
    const body =
      '{"query":"{ viewer { keyName } }","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
    expect((await shoot({ body })).data).toEqual({ viewer: { keyName: "test" } });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("stores no document for another caller's hash", async () => {
    const persistedQuery = { version: 1, sha256Hash: "0".repeat(64) };
    await shoot({ body: JSON.stringify({ query: "{ viewer { keyId } }", extensions: { persistedQuery } }) });
    const hit = await shoot({ body: JSON.stringify({ extensions: { persistedQuery } }) });
    expect(refusal(hit)).toEqual([200, "PERSISTED_QUERY_NOT_FOUND"]);
  });
});

describe("methods, forms of answers and headers", () => {
  it.each(["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])("%s is 405", async (method) => {
    expect(refusal(await shoot({ method, ...(method !== "TRACE" && { body: ok }) }))).toEqual([
      405,
      "METHOD_NOT_ALLOWED",
    ]);
  });

  it("HEAD has no body, and no fault", async () => {
    const { status, text } = await shoot({ ...byGet("{ viewer { keyName } }"), method: "HEAD" });
    expect([status, text]).toEqual([405, ""]);
  });

  it.each([
    "*/*",
    "application/*",
    "application/json;q=0.1, */*;q=0",
    "text/html, */*",
    "",
    "application/json, nope",
  ])("accepting %j is answered", async (accept) => {
    expect((await shoot({ body: ok, headers: { accept } })).data).toEqual({ viewer: { keyName: "test" } });
  });

  it.each(["image/png", "text/html", "application/xml", "nope", "a/b".repeat(1_000)])(
    "accepting %.20s is 406",
    async (accept) => {
      expect(refusal(await shoot({ body: ok, headers: { accept } }))).toEqual([406, "INVALID_REQUEST"]);
    },
  );

  it("a header of 20 KB is refused before it is read", async () => {
    const { status, text } = await shoot({ body: ok, headers: { "x-long": "x".repeat(20_000) } });
    expect([status, text]).toEqual([431, ""]);
  });

  it.each([
    "x-api-key",
    "authorization",
    "idempotency-key",
    "x-request-id",
    "x-forwarded-for",
    "revkeen-version",
  ])("nasty values of %s are no fault of ours", async (name) => {
    for (const value of [
      "",
      " ",
      "'",
      "x".repeat(5_000),
      "é\u00ff",
      "../../etc/passwd",
      "%00",
      "1; DROP TABLE t",
    ]) {
      const hit = await shoot({ body: ok, headers: { [name]: value } });
      expect(hit.status).toBeLessThan(500);
    }
  });
});
