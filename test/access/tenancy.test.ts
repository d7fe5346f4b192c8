import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Tenant, newTenant } from "../customers/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
let own: Tenant;
let other: Tenant;
/** A customer of the other tenant. */
let foreign: { id: string };
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const row = { externalId: "A-1", email: "ann@a.example", name: "Ann" };

describe.each([
  { name: "two merchants", same: false },
  { name: "sandbox and live of one merchant", same: true },
])("$name", ({ same }) => {
  beforeEach(async () => {
    own = await newTenant(api);
    other = await newTenant(api, same ? { livemode: true, merchantId: own.merchantId } : {});
    foreign = (await other.upsert([row])).results[0].customer;
    await other.mutate("updateCustomer", {
      customer: { id: foreign.id },
      integrations: [{ providerType: "stripe", providerEntityId: "cus_1" }],
    });
  });

  /** The other tenant has what it had, and nothing was told to it. */
  async function expectUntouched(): Promise<void> {
    expect(await other.find("A-1")).toMatchObject({
      id: foreign.id,
      name: "Ann",
      version: 2,
      status: "ACTIVE",
    });
    expect(await other.events()).toHaveLength(2);
  }

  it("reads another tenant's customer as none", async () => {
    const { integrations } = await other
      .read(`{ customer(id: "${foreign.id}") { integrations(first: 1) { nodes { id } } } }`)
      .then(({ customer }) => customer);
    const mapping = integrations.nodes[0].id as string;
    const document = `query ($id: ID!, $mapping: ID!) {
      customer(id: $id) { id }
      customerByExternalId(source: "practicehub", externalId: "A-1") { id }
      customers(first: 10) { totalCount nodes { id } }
      search: customers(first: 10, filter: { search: "ann" }) { totalCount }
      node(id: $id) { id }
      nodes(ids: [$id, $mapping]) { id }
      mapping: node(id: $mapping) { id }
    }`;
    expect(await own.read(document, { id: foreign.id, mapping })).toEqual({
      customer: null,
      customerByExternalId: null,
      customers: { totalCount: 0, nodes: [] },
      search: { totalCount: 0 },
      node: null,
      nodes: [null, null],
      mapping: null,
    });
  });

  it("resolves no reference of a gateway to it", async () => {
    const document = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { email } } }";
    const r = [{ __typename: "Customer", id: foreign.id }];
    const { data } = await api.graphql(document, { r }, { key: own.key, path: "/subgraph" });
    expect(data._entities).toEqual([null]);
  });

  it.each([
    ["updateCustomer", { name: "No" }],
    ["archiveCustomer", {}],
    ["restoreCustomer", {}],
  ])("does not find it in %s, by its id nor by its external id", async (name, fields) => {
    for (const customer of [{ id: foreign.id }, { external: { source: "practicehub", id: "A-1" } }]) {
      const payload = await own.mutate(name, { customer, ...fields });
      expect(payload).toMatchObject({
        customer: null,
        userErrors: [{ code: "NOT_FOUND", path: ["customer"] }],
      });
    }
    await expectUntouched();
    expect(await own.events()).toEqual([]);
  });

  it("has its own e-mail addresses, external ids and providers' records", async () => {
    const { results } = await own.upsert([{ ...row, name: "Own" }]);
    expect(results).toMatchObject([{ outcome: "CREATED", warnings: [] }]);
    expect(results[0].customer.id).not.toBe(foreign.id);
    const mapped = await own.mutate("updateCustomer", {
      customer: { external: { source: "practicehub", id: "A-1" } },
      integrations: [{ providerType: "stripe", providerEntityId: "cus_1" }],
    });
    expect(mapped).toMatchObject({ changed: true, userErrors: [] });
    expect(
      await own.mutate("createCustomer", {
        email: "new@a.example",
        external: { source: "practicehub", id: "A-2" },
      }),
    ).toMatchObject({ created: true });
    expect(await own.find("A-1")).toMatchObject({ name: "Own" });
    await expectUntouched();
    expect((await own.events()).every(({ data }) => data.id !== foreign.id)).toBe(true);
  });
});
