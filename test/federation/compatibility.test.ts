import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type TestApi, startApi, testGatewaySecret } from "../kit/api.ts";
import { type Request, createGateway } from "./compatibility/gateway.ts";
import { buildProducts } from "./compatibility/products.ts";

/**
 * Apollo's own tests of what a subgraph can do, as they are published, against the products subgraph that they ask for. They
 * find their way to the subgraph and to the gateway over it by two functions of their client, which are ours here.
 */
const require = createRequire(import.meta.url);
const suite = "@apollo/federation-subgraph-compatibility-tests/dist";

/** Federated tracing: the last test wants no other extension in an answer, and here every answer tells its cost. */
const notServed = ["ftv1.test.js"];

const published = readdirSync(dirname(require.resolve(`${suite}/tests/key.test.js`))).filter((name) =>
  name.endsWith(".test.js"),
);

let api: TestApi;
let askGateway: (request: Request) => Promise<unknown>;

async function askProducts({ query, variables }: Request, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/subgraph`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-gateway-secret": testGatewaySecret,
      "x-api-key": api.key,
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data: { _service: { sdl: string } } };
}

beforeAll(async () => {
  api = await startApi(buildProducts());
  const { data } = await askProducts({ query: "{ _service { sdl } }" });
  askGateway = createGateway(data._service.sdl, askProducts);
});
afterAll(() => api.close());

Object.assign(globalThis, { describe, expect, it, test });
Object.assign(require(`${suite}/utils/client.js`) as object, {
  productsRequest: askProducts,
  routerRequest: async (request: Request) => plain(await askGateway(request)),
});

/** An answer as it is after its way through HTTP. */
function plain(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer));
}

describe.each(published.filter((name) => !notServed.includes(name)))("%s", (name) => {
  require(join(suite, "tests", name));
});

it("leaves out nothing but what is said", () => {
  expect(published).toEqual(expect.arrayContaining(notServed));
  expect(published).toHaveLength(12);
});
