import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Gateway, type Subgraphs, gateways, startSubgraphs } from "./support/stack.ts";

/** How long the gateways of these tests wait for a subgraph, in milliseconds. */
const timeoutMs = 3_000;

let api: TestApi;
let subgraphs: Subgraphs;
beforeAll(async () => {
  api = await startApi();
  await insertBilling(api, api.environmentId, 2);
  subgraphs = await startSubgraphs();
  subgraphs.serve(api);
});
afterAll(async () => {
  await subgraphs.close();
  await api.close();
});
afterEach(() => subgraphs.trouble.clear());

const document = `{
  invoices(first: 2) { nodes { number customer { email } } }
  products(first: 1) { nodes { name } }
}`;

type Listener = Parameters<Subgraphs["trouble"]["set"]>[1];

const hangsUp: Listener = ({ socket }) => void socket.destroy();
const silent: Listener = () => {};
const halfAnswer: Listener = (_request, response) =>
  void response.writeHead(200, { "content-type": "application/json" }).write('{"data"');
const proxyPage: Listener = (_request, response) => void response.writeHead(502).end("<h1>Bad gateway</h1>");

describe.each(Object.entries(gateways))("behind %s", (_, start) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start(subgraphs.supergraphSdl, timeoutMs);
    // The first request makes the plan, and may take longer than the rest.
    await gateway.ask(api.key, document);
  });
  afterAll(() => gateway.close());

  it.each<[string, Listener, string, Listener]>([
    ["hangs up", hangsUp, "is a proxy's page", proxyPage],
    ["never answers", silent, "stops half way", halfAnswer],
  ])(
    "a subgraph that %s leaves its part null, as one whose answer %s",
    async (...[, customers, , catalog]) => {
      subgraphs.trouble.set("customers", customers);
      subgraphs.trouble.set("catalog", catalog);
      const began = performance.now();
      const { data, errors = [] } = await gateway.ask(api.key, document);
      expect(performance.now() - began).toBeLessThan(timeoutMs * 4);
      const number = expect.any(String) as string;
      expect(data).toEqual({
        invoices: {
          nodes: [
            { number, customer: null },
            { number, customer: null },
          ],
        },
        products: null,
      });
      expect(errors.length).toBeGreaterThan(1);
      for (const { message, extensions } of errors) {
        expect(message).toContain("did not answer");
        expect(extensions).toEqual({ code: "SERVICE_UNAVAILABLE" });
      }
    },
  );

  it("all is answered again when it is back", async () => {
    const { data, errors } = await gateway.ask(api.key, document);
    expect(errors).toBeUndefined();
    expect(data.invoices.nodes[0].customer.email).toContain("@");
  });
});
