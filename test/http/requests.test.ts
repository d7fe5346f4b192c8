import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const graphJson = "application/graphql-response+json";

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends a request with the tests' key; a POST of JSON unless said. */
async function send({ method = "POST", path = "/graphql", headers = {}, body }: Sent) {
  const type = method === "POST" ? { "content-type": "application/json" } : {};
  const response = await fetch(api.url + path, {
    method,
    headers: { "x-api-key": api.key, ...type, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

const viewer = JSON.stringify({ query: "{ viewer { keyName } }" });
const get = (query: string, more = "") => `/graphql?query=${encodeURIComponent(query)}${more}`;

/** Expects an answer that has coded errors and nothing else. */
function expectError(
  { status, headers, text }: Awaited<ReturnType<typeof send>>,
  wanted: number,
  code: string,
): void {
  expect(text).not.toBe("");
  const { errors, ...rest } = JSON.parse(text) as { errors: { message: string; extensions: object }[] };
  expect(rest).not.toHaveProperty("data");
  const requestId = headers.get("x-request-id");
  expect(errors).not.toEqual([]);
  for (const { extensions } of errors)
    expect(extensions).toEqual({ code, type: "invalid_request_error", requestId });
  expect(requestId).toMatch(/^req_/);
  expect(status).toBe(wanted);
}

describe("ok", () => {
  it("answers in the form that is asked for", async () => {
    const plain = await send({ body: viewer });
    expect(plain.status).toBe(200);
    expect(plain.headers.get("content-type")).toBe("application/json; charset=utf-8");
    const modern = await send({ body: viewer, headers: { accept: graphJson } });
    expect(modern.headers.get("content-type")).toBe(`${graphJson}; charset=utf-8`);
    expect(JSON.parse(modern.text)).toMatchObject({ data: { viewer: { keyName: "test" } } });
  });

  it("answers queries by GET, with variables", async () => {
    const path = get(
      "query ($id: ID!) { customer(id: $id) { id } }",
      `&variables=${encodeURIComponent('{"id":"x"}')}`,
    );
    const { status, text } = await send({ method: "GET", path, headers: { accept: "application/json" } });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ data: { customer: null } });
  });

  it.each(["operationType", "operationKind", "id"])("passes over %s, which clients send", async (name) => {
    const body = JSON.stringify({ query: "{ viewer { keyName } }", [name]: "query" });
    for (const accept of ["application/json", "application/json;charset=utf-8"]) {
      const { status, text } = await send({ body, headers: { accept } });
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ data: { viewer: { keyName: "test" } } });
    }
  });

  it("runs the operation that is named", async () => {
    const query = "query a { viewer { keyName } } query b { viewer { livemode } }";
    const { text } = await send({ body: JSON.stringify({ query, operationName: "b" }) });
    expect(JSON.parse(text)).toMatchObject({ data: { viewer: { livemode: false } } });
  });
});

describe("an Accept that names what every object has", () => {
  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "constructor, application/json"])(
    "is no type of answer: %s",
    async (accept) => {
      const answer = await send({ body: viewer, headers: { accept } });
      expect(answer.status).toBe(accept.includes("json") ? 200 : 406);
      expect(answer.headers.get("content-type")).toMatch(/^application\/json(?:; charset=utf-8)?$/);
    },
  );
});

describe("the request's id", () => {
  it("is the caller's own where it gives one", async () => {
    const own = "Order-1:retry.2_x";
    const { headers, text } = await send({ body: `{"query":"{ nope }"}`, headers: { "x-request-id": own } });
    expect(headers.get("x-request-id")).toBe(own);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { requestId: own } }] });
  });

  it.each(["", "a b", "x".repeat(101), "<script>", "a\tb"])("is a new one in place of %j", async (bad) => {
    const { headers } = await send({ body: viewer, headers: { "x-request-id": bad } });
    expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-f-]{36}$/);
  });

  it("is another one for each request", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => send({ body: viewer })));
    expect(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size).toBe(3);
  });
});

describe("a document or variables that are wrong", () => {
  it.each<[string, string, object]>([
    ["a syntax error", "{ viewer { keyName }", {}],
    ["no field", "{ }", {}],
    ["an unknown field", "{ nope }", {}],
    ["an unknown argument", "{ customer(nope: 1) { id } }", {}],
    ["a missing argument", "{ customer { id } }", {}],
    ["an object without fields", "{ viewer }", {}],
    ["an unknown type", "query ($a: Nope) { viewer { keyName } }", {}],
    ["a missing variable", "query ($id: ID!) { customer(id: $id) { id } }", {}],
    ["a variable of the wrong type", "query ($id: ID!) { customer(id: $id) { id } }", { id: { a: 1 } }],
    ["a page that is no number", "query ($n: Int) { customers(first: $n) { totalCount } }", { n: "x" }],
    ["a page that is too large", "{ customers(first: 101) { totalCount } }", {}],
    ["a status that is none", '{ customers(filter: { status: ["NOPE"] }) { totalCount } }', {}],
    ["two operations without a name", "query a { viewer { keyName } } query b { viewer { keyName } }", {}],
    ["half a surrogate pair", String.raw`{ customer(id: "\ud800") { id } }`, {}],
  ])("%s is refused with 400, and with 200 for old clients", async (_name, query, variables) => {
    const body = JSON.stringify({ query, variables });
    const modern = await send({ body, headers: { accept: graphJson } });
    expectError(modern, 400, "INVALID_REQUEST");
    expectError(await send({ body, headers: { accept: "application/json" } }), 200, "INVALID_REQUEST");
  });
});

describe("a request that is not well-formed", () => {
  it.each<[string, string]>([
    ["no body", ""],
    ["no JSON", "{ viewer { keyName } }"],
    ["half of JSON", '{"query":'],
    ["null", "null"],
    ["a number", "5"],
    ["a list", `[${viewer}]`],
    ["an empty list", "[]"],
    ["no query", "{}"],
    ["a query that is null", '{"query":null}'],
    ["a query that is a number", '{"query":5}'],
    ["an empty query", '{"query":""}'],
    ["variables that are a text", '{"query":"{ viewer { keyName } }","variables":"{}"}'],
    ["variables that are a list", '{"query":"{ viewer { keyName } }","variables":[]}'],
    ["extensions that are a number", '{"query":"{ viewer { keyName } }","extensions":1}'],
    ["an operation that is a number", '{"query":"{ viewer { keyName } }","operationName":1}'],
    ["an operation that is none", '{"query":"{ viewer { keyName } }","operationName":"x"}'],
    ["a parameter that is none", '{"query":"{ viewer { keyName } }","foo":1}'],
  ])("%s is refused", async (_name, body) => {
    expectError(await send({ body, headers: { accept: graphJson } }), 400, "INVALID_REQUEST");
  });

  it.each(["application/json", "*/*"])("answers 400 to %s as well", async (accept) => {
    expectError(await send({ body: "{", headers: { accept } }), 400, "INVALID_REQUEST");
    expectError(await send({ body: "{}", headers: { accept } }), 400, "INVALID_REQUEST");
  });

  it.each(["{", "5", "[]", '"x"'])("refuses the variables %s by GET", async (variables) => {
    const path = get("{ viewer { keyName } }", `&variables=${encodeURIComponent(variables)}`);
    expectError(await send({ method: "GET", path }), 400, "INVALID_REQUEST");
  });

  it("refuses a GET without a query, be it by a browser", async () => {
    expectError(await send({ method: "GET" }), 400, "INVALID_REQUEST");
    const page = await send({ method: "GET", headers: { accept: "text/html" } });
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).not.toMatch(/<html|<script/i);
    expect(JSON.parse(page.text)).toMatchObject({ errors: [{ extensions: { code: "INVALID_REQUEST" } }] });
  });

  it("refuses to answer in a form that it does not have", async () => {
    expectError(await send({ body: viewer, headers: { accept: "image/png" } }), 406, "INVALID_REQUEST");
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonp"])(
    "refuses a body of type %s",
    async (type) => {
      expectError(
        await send({ body: viewer, headers: { "content-type": type } }),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
      );
    },
  );

  it("refuses a body that is too large", async () => {
    const body = JSON.stringify({ query: `{ viewer { keyName } } #${"x".repeat(2_000_000)}` });
    expectError(await send({ body }), 413, "INVALID_REQUEST");
  });

  it.each(["PUT", "DELETE", "PATCH"])("refuses %s, and tells what may be used", async (method) => {
    const answer = await send({ method, body: viewer, headers: { "content-type": "application/json" } });
    expectError(answer, 405, "METHOD_NOT_ALLOWED");
    expect(answer.headers.get("allow")).toBe("GET, POST");
  });

  it("refuses mutations by GET, with nothing changed", async () => {
    const path = get('mutation { createCustomer(input: { email: "x@a.example" }) { created } }');
    expectError(
      await send({ method: "GET", path, headers: { accept: graphJson } }),
      405,
      "METHOD_NOT_ALLOWED",
    );
    expect(await api.database.prisma.customer.count()).toBe(0);
  });

  it.each(["/", "/nothing?x=1", "/graphql/", "/GraphQL", "/graphql/x", "//graphql"])(
    "has nothing at %s",
    async (path) => {
      expectError(await send({ method: "GET", path }), 404, "RESOURCE_MISSING");
    },
  );
});

it("refuses operations of a kind that the graph does not have, before they run", async () => {
  const query = 'subscription { customer(id: "x") { id } }';
  const sent = await send({ body: JSON.stringify({ query }), headers: { accept: graphJson } });
  expectError(sent, 400, "INVALID_REQUEST");
});
