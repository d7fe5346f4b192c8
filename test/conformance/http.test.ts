import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** `fetch` with a key. */
const withKey = (url: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  headers.set("x-api-key", api.key);
  return fetch(url, { ...init, headers });
};

const auditsOf = (fetchFn: unknown) => serverAudits({ url: () => `${api.url}/graphql`, fetchFn });

describe("GraphQL over HTTP", () => {
  it("has all of its audits here", () => {
    const levels = auditsOf(withKey).map(({ name }) => name.split(" ", 1)[0]);
    const count = (level: string) => levels.filter((one) => one === level).length;
    expect([count("MUST"), count("SHOULD"), count("MAY")]).toEqual([13, 23, 25]);
  });

  it.each(auditsOf(withKey).map((audit) => [audit.id, audit.name, audit] as const))(
    "%s: %s",
    async (_id, _name, audit) => {
      const result = await audit.fn();
      expect({ status: result.status, ...("reason" in result && { why: result.reason }) }).toEqual({
        status: "ok",
      });
    },
  );
});

describe("without a key", () => {
  const ask = (init: RequestInit, query = "") => fetch(`${api.url}/graphql${query}`, init);
  const body = JSON.stringify({ query: "{ __typename }" });

  it.each(["application/graphql-response+json", "application/json", "*/*"])(
    "is 401 with a body of GraphQL, accepting %s",
    async (accept) => {
      const headers = { "content-type": "application/json", accept };
      const posted = await ask({ method: "POST", headers, body });
      const got = await ask({ headers: { accept } }, `?query=${encodeURIComponent("{ __typename }")}`);
      for (const response of [posted, got]) {
        expect(response.status).toBe(401);
        expect(response.headers.get("content-type")).toMatch(/^application\/(?:graphql-response\+)?json/);
        const answer = (await response.json()) as object;
        expect(answer).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
        expect(answer).not.toHaveProperty("data");
      }
    },
  );
});
