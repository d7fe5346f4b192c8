import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";

const mostBytes = 40_000;
let api: TestApi;

beforeAll(async () => {
  api = await startApi({ answerBytes: mostBytes });
  // A name of 200 characters has 600 bytes.
  await insert(
    api,
    "Customer",
    Array.from({ length: 100 }, () => ({ name: "€".repeat(200) })),
  );
});
afterAll(() => api.close());

/** Sends a document, and gives the answer as it is. */
async function send(query: string, accept = "application/json", variables: object = {}) {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": api.key, accept },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { status: response.status, bytes: Buffer.byteLength(text), ...JSON.parse(text) };
}

const newer = "application/graphql-response+json";

describe("a document", () => {
  const filled = (length: number): string => "{ viewer { keyId } } #".padEnd(length, "x");

  it("may have 64 KB, and no byte more", async () => {
    expect(await send(filled(65_536), newer)).toMatchObject({ status: 200, data: { viewer: {} } });
    const refused = await send(filled(65_537), newer);
    expect(refused).toMatchObject({
      status: 400,
      errors: [
        {
          extensions: {
            code: "INVALID_REQUEST",
            limit: { name: "documentBytes", most: 65_536, requested: 65_537 },
          },
        },
      ],
    });
    expect(refused.data).toBeUndefined();
    // Bytes, and not characters.
    expect(await send(`{ viewer { keyId } } #${"€".repeat(22_000)}`)).toMatchObject({
      errors: [{ extensions: { limit: { name: "documentBytes" } } }],
    });
  });

  const documents: readonly (readonly [string, (name: string) => string])[] = [
    ["an alias", (name) => `{ viewer { ${name}: keyId } }`],
    ["an operation", (name) => `query ${name} { viewer { keyId } }`],
    ["a variable", (name) => `query ($${name}: Int) { customers(first: $${name}) { nodes { id } } }`],
    ["a fragment", (name) => `{ viewer { ...${name} } } fragment ${name} on Viewer { keyId }`],
  ];

  it.each(documents)("may name %s by 100 characters, and no more", async (_what, document) => {
    expect((await send(document("a".repeat(100)))).errors).toBeUndefined();
    expect(await send(document("a".repeat(101)), newer)).toMatchObject({
      status: 400,
      errors: [
        {
          extensions: {
            code: "INVALID_REQUEST",
            limit: { name: "nameCharacters", most: 100, requested: 101 },
          },
        },
      ],
    });
  });

  it("may name a field by 100 characters, whether there is such a field or not", async () => {
    expect(await send(`{ ${"a".repeat(101)} }`)).toMatchObject({
      errors: [{ extensions: { limit: { name: "nameCharacters" } } }],
    });
  });
});

describe("an answer", () => {
  const customers = (first: number, fields = "name") =>
    `{ customers(first: ${first}) { nodes { ${fields} } } }`;

  it("is given up to its size", async () => {
    const { data, bytes } = await send(customers(60));
    expect(data.customers.nodes).toHaveLength(60);
    expect(bytes).toBeGreaterThan(36_000);
  });

  it.each(["application/json", newer])("that is larger is told as an error in %s", async (accept) => {
    const refused = await send(customers(70), accept);
    expect(refused).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "ANSWER_TOO_LARGE", limit: { name: "answerBytes", most: mostBytes } } }],
    });
    expect(refused.data).toBeUndefined();
    expect(refused.bytes).toBeLessThan(1_000);
  });

  it("is no longer made when it is too large: no further statement is run", async () => {
    const aliases = Array.from({ length: 5 }, (_, index) => `${"a".repeat(90)}${index}: name`).join(" ");
    api.statements.length = 0;
    const refused = await send(customers(100, `${aliases} invoices { nodes { id } }`));
    expect(refused.errors[0].extensions.code).toBe("ANSWER_TOO_LARGE");
    expect(api.statements.filter(({ text }) => text.includes("invoices"))).toEqual([]);
  });

  it("of errors is no longer than one of data", async () => {
    const scoped = await api.keyWith("customers:read");
    const { errors } = await api.graphql(
      customers(100, "a: invoices { nodes { id } } b: invoices { nodes { id } }"),
      {},
      { key: scoped },
    );
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["ANSWER_TOO_LARGE"]);
  });

  it("of introspection has an end as well", async () => {
    const { errors } = await send("{ __schema { types { name fields { name description } } } }");
    expect(errors[0].extensions.code).toBe("ANSWER_TOO_LARGE");
  });

  it("of several mutations has the same size, and says that they took effect", async () => {
    const aliases = Array.from({ length: 9 }, (_, index) => `${"n".repeat(90)}${index}: name`).join(" ");
    const one = (alias: string) =>
      `${alias}: createCustomer(input: { email: "${alias}@example.org", name: "${"€".repeat(250)}" }) { customer { name ${aliases} } }`;
    const refused = await send(`mutation { ${["a", "b", "c", "d", "e"].map(one).join(" ")} }`);
    expect(refused.status).toBe(400);
    expect(refused.errors).toMatchObject([
      { message: expect.stringContaining("took effect"), extensions: { code: "ANSWER_TOO_LARGE" } },
    ]);
    const { data } = await api.query(`{ customers(filter: { email: "e@example.org" }) { nodes { email } } }`);
    expect(data.customers.nodes).toEqual([{ email: "e@example.org" }]);
  });

  it("of mutations with an idempotency key has the same size, and nothing takes effect", async () => {
    const aliases = Array.from({ length: 9 }, (_, index) => `${"n".repeat(90)}${index}: name`).join(" ");
    const one = (alias: string) =>
      `${alias}: createCustomer(input: { email: "keyed-${alias}@example.org", name: "${"€".repeat(250)}" }) { customer { name ${aliases} } }`;
    const query = `mutation { ${["a", "b", "c", "d", "e"].map(one).join(" ")} }`;
    const { errors } = await api.graphql(query, {}, { headers: { "idempotency-key": "large" } });
    expect(errors).toMatchObject([
      { message: expect.stringContaining("Nothing was done"), extensions: { code: "INVALID_REQUEST" } },
    ]);
    const { data } = await api.query(
      `{ customers(filter: { email: "keyed-e@example.org" }) { nodes { email } } }`,
    );
    expect(data.customers.nodes).toEqual([]);
  });
});
