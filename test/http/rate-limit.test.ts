import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryBuckets } from "../../src/http/rate-limit/memory.ts";
import { redisBuckets } from "../../src/http/rate-limit/redis.ts";
import { createLogger } from "../../src/http/logger.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let now = 1_000_000;
let api: TestApi;
beforeAll(async () => {
  api = await startApi({ takeTokens: memoryBuckets(() => now) });
});
afterAll(() => api.close());

const viewer = "{ viewer { keyId } }";

describe("a key's rate limit", () => {
  it("stands in the headers and in extensions.cost of every answer", async () => {
    const { key } = await api.newEnvironment();
    const { headers, ...answer } = await api.graphql(viewer, {}, { key });
    expect(headers.get("ratelimit-limit")).toBe("200");
    expect(headers.get("ratelimit-remaining")).toBe("199");
    expect(headers.get("ratelimit-reset")).toBe("1");
    expect(answer).toMatchObject({
      extensions: {
        cost: { requested: 1, actual: 0, limit: 200, remaining: 199, resetAt: expect.any(String) },
      },
    });
  });

  it("can be asked for in a query", async () => {
    const { key } = await api.newEnvironment();
    const { data } = await api.graphql("{ rateLimit { limit remaining resetAt } }", {}, { key });
    expect(data.rateLimit).toMatchObject({ limit: 200, remaining: 199, resetAt: expect.any(String) });
  });

  it("is ten times higher for live keys", async () => {
    const { key } = await api.newEnvironment({ livemode: true });
    expect((await api.graphql(viewer, {}, { key })).headers.get("ratelimit-limit")).toBe("2000");
  });

  it("refuses a request beyond it with 429 and Retry-After, and lets it pass then", async () => {
    const { key } = await api.newEnvironment();
    await Promise.all(Array.from({ length: 200 }, () => api.graphql(viewer, {}, { key })));
    const refused = await api.graphql(viewer, {}, { key });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.errors).toMatchObject([{ extensions: { code: "RATE_LIMIT_EXCEEDED", retryAfter: 1 } }]);
    now += 600;
    expect((await api.graphql(viewer, {}, { key })).status).toBe(200);
  });

  it("counts requests that are not valid", async () => {
    const { key } = await api.newEnvironment();
    await api.graphql("{ nonsense }", {}, { key });
    expect((await api.graphql(viewer, {}, { key })).headers.get("ratelimit-remaining")).toBe("198");
  });

  it("is taken up faster by operations that cost more", async () => {
    const { key } = await api.newEnvironment();
    const dear = "{ customers(first: 100) { nodes { invoices(first: 50) { nodes { id } } } } }";
    const { headers } = await api.graphql(dear, {}, { key });
    // 1 + 100 × (1 + 1 + 50) objects at most: five thousand and more, at one token a thousand, beside the one of the request
    expect(headers.get("ratelimit-remaining")).toBe("194");
  });
});

describe("rows in the input of a mutation", () => {
  const price = async (document: string, variables: object = {}) => {
    const response = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key },
      body: JSON.stringify({ query: document, variables, extensions: { dryRun: true } }),
    });
    const { extensions } = (await response.json()) as { extensions?: { cost: { requested: number } } };
    return extensions?.cost.requested;
  };
  const create =
    "mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { successful { id } } }";
  const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ email: `${n}@a.example` }));

  it("are paid for, wherever they stand, and so are the answers to more than 25", async () => {
    expect(await price(create, { input: { customers: rows(1) } })).toBe(26 + 10);
    expect(await price(create, { input: { customers: rows(100) } })).toBe(26 * 4 + 1_000);
    const written = `{ customers: [{ email: "a@a.example" }, { email: "b@a.example" }] }`;
    expect(await price(`mutation { createCustomers(input: ${written}) { successful { id } } }`)).toBe(
      26 + 20,
    );
    const byDefault = create.replace("Input!", `Input! = ${written}`);
    expect(await price(byDefault)).toBe(26 + 20);
    const aliased = `mutation ($c: [CreateCustomerInput!]!) { ...f g: createCustomers(input: { customers: $c }) { successful { id } } }
      fragment f on Mutation { createCustomers(input: { customers: $c }) { successful { id } } }`;
    expect(await price(aliased, { c: rows(10) })).toBe(2 * 26 + 200);
    const results = create.replace("id }", "id externalIds(first: 2) { nodes { id } } }");
    expect(await price(results, { input: { customers: rows(100) } })).toBe(4 * (1 + 25 * 4) + 1_000);
  });

  it("cost less where they are usage events", async () => {
    const document = `mutation ($input: IngestUsageEventsInput!) { ingestUsageEvents(input: $input) { userErrors { code } } }`;
    const events = Array.from({ length: 25 }, (_, n) => ({ name: "a", idempotencyKey: String(n) }));
    expect(await price(document, { input: { events } })).toBe(1 + 25 + 25);
  });

  it("take tokens, so that one token does not write thousands", async () => {
    const { key } = await api.newEnvironment();
    const document = `mutation ($c: [CreateCustomerInput!]!) { ${Array.from({ length: 20 }, (_, n) => `a${n}: createCustomers(input: { customers: $c }) { successful { id } }`).join(" ")} }`;
    const { headers } = await api.graphql(document, { c: rows(100) }, { key });
    expect(Number(headers.get("ratelimit-remaining"))).toBeLessThan(182);
  });

  it("are refused by the thousand before they are looked at", async () => {
    const { errors } = await api.graphql(create, { input: { customers: rows(10_001) } });
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST", limit: { name: "cost" } } }]);
  });
});

describe("a dry run", () => {
  it("prices an operation and does not run it", async () => {
    const create = `mutation { createCustomer(input: { email: "dry@a.example" }) { created } }`;
    const response = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": api.key },
      body: JSON.stringify({ query: create, extensions: { dryRun: true } }),
    });
    expect(await response.json()).toMatchObject({
      data: null,
      extensions: { dryRun: true, cost: { requested: 1, actual: null } },
    });
    expect(await api.database.prisma.customer.count({ where: { email: "dry@a.example" } })).toBe(0);
  });
});

describe("an operation that is too large", () => {
  it.each([
    [
      "cost",
      "{ customers(first: 100) { nodes { invoices(first: 100) { nodes { lines(first: 100) { nodes { id } } } } } } }",
    ],
    ["aliases", `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(" ")} }`],
    ["rootFields", `{ ${Array.from({ length: 26 }, () => "__typename").join(" ")} }`],
    [
      "directives",
      `{ __typename ${"@include(if: true) ".repeat(1)} viewer { ${"keyId @include(if: true) ".repeat(51)} } }`,
    ],
  ])("is refused by its %s, before it runs", async (limit, document) => {
    const before = api.statements.length;
    const { errors, data } = await api.graphql(document);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST", limit: { name: limit } } }]);
    expect(api.statements).toHaveLength(before);
  });

  it("is refused by its tokens, and by what fragments spread into one another make of it", async () => {
    const tokens = await api.graphql(`{ ${"__typename ".repeat(2_001)} }`);
    expect(tokens.errors?.[0]?.message).toContain("token");
    const levels = Array.from(
      { length: 24 },
      (_, i) => `fragment f${i} on Query { a: __typename ...f${i + 1} ...f${i + 1} }`,
    );
    const bomb = await api.graphql(`{ ...f0 } ${levels.join("\n")} fragment f24 on Query { b: __typename }`);
    expect(bomb.errors).toMatchObject([{ extensions: { limit: { name: "aliases" } } }]);
  });

  it.each([
    ["a literal", "{ customers(first: 101) { totalCount } }", {}],
    ["a variable", "query ($n: Int) { customers(first: $n) { totalCount } }", { n: 0 }],
    ["a default", "query ($n: Int = 500) { customers(last: $n) { totalCount } }", {}],
    ["a nested list", "{ customers { nodes { invoices(first: -1) { totalCount } } } }", {}],
  ])("is refused for a page size out of range in %s", async (_, document, variables) => {
    const { errors, data } = await api.graphql(document, variables);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toMatch(
      /(customers|invoices): (first|last) must be between 1 and 100, not -?\d+\./,
    );
  });

  it("is told four errors at the most, without suggestions", async () => {
    const { errors } = await api.graphql("{ custmers a b c d e f }");
    expect(errors).toHaveLength(4);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
  });
});

describe.skipIf(!process.env["TEST_REDIS_URL"])("with Redis", () => {
  it("is shared by all nodes", async () => {
    const url = process.env["TEST_REDIS_URL"] ?? "";
    const nodes = [redisBuckets(url, createLogger("silent")), redisBuckets(url, createLogger("silent"))];
    const bucket = { capacity: 50, perMinute: 1 };
    const name = randomUUID();
    const taken = [];
    for (let i = 0; i < 60; i++) taken.push(await nodes[i % 2]!.take(name, bucket, 1));
    expect(taken.filter(({ granted }) => granted)).toHaveLength(50);
    expect(taken.at(-1)?.retryMs).toBeGreaterThan(50_000);
    for (const node of nodes) await node.close();
  });

  it("falls back to each node's own buckets while Redis is away", async () => {
    const node = redisBuckets("redis://127.0.0.1:1", createLogger("silent"));
    const bucket = { capacity: 1, perMinute: 1 };
    expect(await node.take("one", bucket, 1)).toMatchObject({ granted: true });
    expect(await node.take("one", bucket, 1)).toMatchObject({ granted: false });
    await node.close();
  });
});
