import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { memoryBuckets } from "../../src/http/rate-limit/memory.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ takeTokens: memoryBuckets() });
});
afterAll(() => api.close());

const body = JSON.stringify({ query: "{ viewer { keyName } }" });

/** Requests that do not come as far as a document. */
const early: Record<string, [status: number, headers: Record<string, string>]> = {
  "without a key": [401, { "x-api-key": "" }],
  "with a body of another type": [415, { "content-type": "text/plain" }],
  "for a version that there is not": [400, { "revkeen-version": "1999-01-01" }],
};

const accepts: [accept: string, type: string][] = [
  ["application/graphql-response+json", "application/graphql-response+json"],
  ["application/graphql-response+json;q=0.9, application/json;q=0.5", "application/graphql-response+json"],
  ["text/event-stream, application/graphql-response+json", "application/graphql-response+json"],
  ["application/json, application/graphql-response+json", "application/json"],
  ["multipart/mixed, application/json", "application/json"],
  ["*/*", "application/json"],
  ["text/event-stream", "application/json"],
  ["constructor", "application/json"],
];

async function ask(accept: string, headers: Record<string, string>) {
  const sent = { "content-type": "application/json", "x-api-key": api.key, accept, ...headers };
  const response = await fetch(`${api.url}/graphql`, { method: "POST", headers: sent, body });
  return { status: response.status, type: response.headers.get("content-type"), json: await response.json() };
}

describe.each(Object.entries(early))("a request %s", (_, [status, headers]) => {
  it.each(accepts)("that accepts %s is refused as %s", async (accept, type) => {
    const answer = await ask(accept, headers);
    expect(answer).toMatchObject({ status, type: `${type}; charset=utf-8` });
    expect(answer.json).toMatchObject({ errors: [{ extensions: { code: expect.any(String) as string } }] });
  });
});

it("a request beyond the rate limit is refused in the type that it accepts", async () => {
  const { key } = await api.newEnvironment();
  const ofKey = { "x-api-key": key };
  let answer = await ask("application/json", ofKey);
  for (let sent = 0; sent < 210 && answer.status === 200; sent++)
    answer = await ask("application/json", ofKey);
  expect(answer.status).toBe(429);
  const type = "application/graphql-response+json";
  expect(await ask(type, ofKey)).toMatchObject({ status: 429, type: `${type}; charset=utf-8` });
});
