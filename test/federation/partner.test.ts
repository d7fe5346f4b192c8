import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { composeServices as checkByApollo } from "@apollo/composition";
import { parse } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Members } from "../../examples/federation/partner/members.ts";
import { sdl } from "../../examples/federation/partner/schema.ts";
import { createPartner } from "../../examples/federation/partner/server.ts";
import { printSubgraph } from "../../src/graph/federation.ts";
import { buildSubgraph } from "../../src/graph/schema.ts";
import { subgraphNames } from "../../src/graph/subgraph-names.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Gateway, type Subgraphs, gateways, partnerToken, startSubgraphs } from "./support/stack.ts";

let api: TestApi;
let partner: Server;
let subgraphs: Subgraphs;
const members: Members = new Map();
const sentToPartner: Readonly<Record<string, unknown>>[] = [];
beforeAll(async () => {
  api = await startApi();
  partner = createPartner(members, partnerToken);
  partner.prependListener("request", ({ headers }) => void sentToPartner.push(headers));
  await new Promise<void>((resolve) => partner.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(partner.address() as AddressInfo).port}`;
  subgraphs = await startSubgraphs([{ name: "loyalty", url, sdl }]);
  subgraphs.serve(api);
  await upsert("loyalty", "M-1", "M-2", "M-3");
  await upsert("crm", "M-1");
});
afterAll(async () => {
  partner.closeAllConnections();
  partner.close();
  await subgraphs.close();
  await api.close();
});
beforeEach(() => {
  members.clear();
  for (const [number, points] of [
    ["M-1", 1_500],
    ["M-2", 20],
    ["M-9", 300],
  ] as const)
    members.set(number, points);
  sentToPartner.length = 0;
});

/** Makes customers that a system knows by these ids. */
async function upsert(source: string, ...externalIds: readonly string[]): Promise<void> {
  const customers = externalIds.map((externalId) => ({
    externalId,
    email: `${source}-${externalId}@example.org`.toLowerCase(),
  }));
  const { data } = await api.query(
    `mutation ($input: UpsertCustomersByExternalIdInput!) {
      upsertCustomersByExternalId(input: $input) { created userErrors { message } }
    }`,
    { input: { source, customers } },
  );
  expect(data.upsertCustomersByExternalId).toEqual({ created: customers.length, userErrors: [] });
}

it("composes with our subgraphs by both composers", () => {
  const { errors, hints } = checkByApollo([
    ...subgraphNames.map((name) => ({ name, url: "", typeDefs: parse(printSubgraph(buildSubgraph(name))) })),
    { name: "loyalty", url: "", typeDefs: parse(sdl) },
  ]);
  expect(errors).toBeUndefined();
  expect(hints?.map(({ message }) => message)).toEqual([]);
  expect(subgraphs.supergraphSdl).toContain("LOYALTY");
});

describe.each(Object.entries(gateways))("behind %s", (_, start) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start(subgraphs.supergraphSdl);
  });
  afterAll(() => gateway.close());

  it("our customers have the partner's fields", async () => {
    const { data, errors } = await gateway.ask(
      api.key,
      "{ customers(orderBy: { field: EMAIL }) { nodes { email loyalty { points tier } } } }",
    );
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toEqual([
      { email: "crm-m-1@example.org", loyalty: null },
      { email: "loyalty-m-1@example.org", loyalty: { points: 1_500, tier: "GOLD" } },
      { email: "loyalty-m-2@example.org", loyalty: { points: 20, tier: "BRONZE" } },
      { email: "loyalty-m-3@example.org", loyalty: null },
    ]);
    expect(sentToPartner).toHaveLength(1);
  });

  it("the partner's members are our customers, by its own numbers", async () => {
    const document = "{ mostLoyal(first: 3) { number customer { email invoices { totalCount } } } }";
    const { data, errors = [] } = await gateway.ask(api.key, document);
    // Hive Gateway tells of a reference that leads to nobody.
    expect(errors.filter(({ extensions }) => extensions["code"] !== "RESOURCE_MISSING")).toEqual([]);
    expect(data.mostLoyal).toEqual([
      { number: "M-1", customer: { email: "loyalty-m-1@example.org", invoices: { totalCount: 0 } } },
      { number: "M-9", customer: null },
      { number: "M-2", customer: { email: "loyalty-m-2@example.org", invoices: { totalCount: 0 } } },
    ]);
  });

  it("whoever may not see our customers does not see them there", async () => {
    const document = "{ mostLoyal(first: 1) { number customer { email } } }";
    const { data, errors } = await gateway.ask(await api.keyWith("invoices:read"), document);
    expect(data.mostLoyal).toEqual([{ number: "M-1", customer: null }]);
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["PERMISSION_DENIED"]);
    const foreign = await gateway.ask((await api.newEnvironment()).key, document);
    expect(foreign.data.mostLoyal).toEqual([{ number: "M-1", customer: null }]);
  });

  it("a mutation of the partner shows what is ours", async () => {
    const document =
      'mutation { givePoints(number: "M-2", points: 80) { points customer { email loyalty { tier } } } }';
    const { data } = await gateway.ask(api.key, document);
    expect(data.givePoints).toEqual({
      points: 100,
      customer: { email: "loyalty-m-2@example.org", loyalty: { tier: "SILVER" } },
    });
  });

  it("the partner knows the gateway by its token, and is sent neither keys nor signatures", async () => {
    const headers = { "x-request-id": "req_of-the-client", "idempotency-key": "once" };
    await gateway.ask(api.key, "{ mostLoyal { number } }", {}, headers);
    expect(sentToPartner).toMatchObject([
      { authorization: `Bearer ${partnerToken}`, "x-request-id": "req_of-the-client" },
    ]);
    expect(Object.keys(sentToPartner[0] ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(x-api-key|idempotency-key|signature)/)]),
    );
    const { port } = partner.address() as AddressInfo;
    const refused = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      body: '{"query":"{ __typename }"}',
    });
    expect(refused.status).toBe(401);
  });
});
