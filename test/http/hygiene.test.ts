import { request as httpRequest } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ corsOrigins: ["https://app.example.com"] });
});
afterAll(() => api.close());

const introspection = JSON.stringify({ query: "{ __schema { types { name description } } }" });

/** Sends a request as it is: fetch would decode the answer and forbid some headers. */
function send(headers: Record<string, string>, body = introspection, method = "POST") {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const request = httpRequest(`${api.url}/graphql`, {
        method,
        headers: { "content-type": "application/json", "x-api-key": api.key, ...headers },
      });
      request.on("error", reject);
      request.on("response", (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      });
      request.end(body);
    },
  );
}

describe("an answer", () => {
  it("is compressed for whoever reads that, and not for others", async () => {
    const zipped = await send({ "accept-encoding": "gzip" });
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    const plain = await send({});
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
    expect(JSON.parse(gunzipSync(zipped.body).toString()).data).toEqual(
      JSON.parse(plain.body.toString()).data,
    );
    expect((await send({ "accept-encoding": "br" })).headers["content-encoding"]).toBe("br");
  });

  it("is sent as it is when it is small", async () => {
    const small = await send(
      { "accept-encoding": "gzip" },
      JSON.stringify({ query: "{ viewer { keyId } }" }),
    );
    expect(small.headers["content-encoding"]).toBeUndefined();
  });

  it("is not kept, framed or guessed at", async () => {
    const { headers } = await send({});
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    });
  });
});

describe("another site", () => {
  it("may use the API from a page when it is on the list, without credentials", async () => {
    const listed = await send({ origin: "https://app.example.com" });
    expect(listed.headers["access-control-allow-origin"]).toBe("https://app.example.com");
    expect(listed.headers["access-control-allow-credentials"]).toBeUndefined();
    const preflight = await send({ origin: "https://app.example.com" }, "", "OPTIONS");
    expect(preflight).toMatchObject({ status: 204 });
    expect(preflight.headers["access-control-allow-headers"]).toContain("x-api-key");
  });

  it.each([
    "x-api-key",
    "apollographql-client-name",
    "apollographql-client-version",
    "apollo-require-preflight",
    "traceparent",
    "tracestate",
    "baggage",
  ])("may send the header %s", async (name) => {
    const { headers } = await send({ origin: "https://app.example.com" }, "", "OPTIONS");
    const allowed = String(headers["access-control-allow-headers"]).split(", ");
    expect(allowed).toContain(name);
  });

  it.each(["https://evil.example.com", "null"])("may not when it is %s", async (origin) => {
    expect((await send({ origin })).headers["access-control-allow-origin"]).toBeUndefined();
    expect((await send({ origin }, "", "OPTIONS")).headers["access-control-allow-headers"]).toBeUndefined();
  });
});

describe("a body", () => {
  it.each(["gzip", "deflate", "br"])("that is encoded with %s is refused", async (encoding) => {
    expect(await send({ "content-encoding": encoding })).toMatchObject({ status: 415 });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/graphql"])(
    "of type %s, which a form could send, is refused",
    async (type) => {
      expect(await send({ "content-type": type })).toMatchObject({ status: 415 });
    },
  );

  it("of more than 2 MB is refused", async () => {
    expect((await send({}, `{"query": "${" ".repeat(2_100_000)}"}`)).status).toBe(413);
  });
});

describe("the door of the gateway", () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${api.url}/subgraph`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key, ...headers },
      body: JSON.stringify({ query: "{ _service { sdl } }" }),
    });

  it("is shut to whoever does not know the secret", async () => {
    expect((await ask({})).status).toBe(401);
    expect((await ask({ "x-gateway-secret": "guess" })).status).toBe(401);
  });

  it("is not there without a secret", async () => {
    const other = await startApi({ gatewaySecret: undefined });
    expect((await other.graphql("{ _service { sdl } }", {}, { path: "/subgraph" })).status).toBe(404);
    await other.close();
  });
});
