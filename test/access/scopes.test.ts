import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";

let api: TestApi;
let customerId: string;
beforeAll(async () => {
  api = await startApi();
  const { data } = await api.query(create, { input: { email: "ann@a.example", name: "Ann" } });
  customerId = data.createCustomer.customer.id;
  await api.database.prisma.invoice.create({
    data: { environmentId: api.environmentId, id: newId(), customerId, status: "DRAFT", currency: "USD" },
  });
});
afterAll(() => api.close());

const create = `mutation ($input: CreateCustomerInput!) {
  createCustomer(input: $input) { created customer { id name } userErrors { code } }
}`;

/** What the error of a field that asks for `scope` looks like. */
const denied = (scope: string, ...path: (string | number)[]) => ({
  message: `This key lacks the scope ${scope}.`,
  path,
  extensions: {
    code: "PERMISSION_DENIED",
    type: "permission_error",
    requestId: expect.stringMatching(/^req_/) as string,
  },
});

describe("denied", () => {
  it("denies the field that lacks its scope, and answers the others", async () => {
    const key = await api.keyWith("customers:read");
    const document = `query ($id: ID!) {
      viewer { scopes }
      customers(first: 1) { nodes { name } }
      customer(id: $id) { name invoices(first: 1) { nodes { id } } externalIds(first: 1) { totalCount } }
      invoices(first: 1) { nodes { id } }
      products(first: 1) { totalCount }
    }`;
    const { status, data, errors } = await api.graphql(document, { id: customerId }, { key });
    expect(status).toBe(200);
    expect(data).toEqual({
      viewer: { scopes: ["customers:read"] },
      customers: { nodes: [{ name: "Ann" }] },
      customer: { name: "Ann", invoices: null, externalIds: { totalCount: 0 } },
      invoices: null,
      products: null,
    });
    const byPath = (one: { path?: readonly unknown[] }, other: { path?: readonly unknown[] }) =>
      String(one.path).localeCompare(String(other.path));
    expect(errors?.toSorted(byPath)).toMatchObject([
      denied("invoices:read", "customer", "invoices"),
      denied("invoices:read", "invoices"),
      denied("products:read", "products"),
    ]);
  });

  it("denies each parent's field, in lists too", async () => {
    const key = await api.keyWith("invoices:read");
    const { data, errors } = await api.graphql(
      "{ invoices(first: 5) { nodes { id customer { email } } } }",
      {},
      { key },
    );
    expect(data.invoices.nodes).toMatchObject([{ customer: null }]);
    expect(errors).toMatchObject([denied("customers:read", "invoices", "nodes", 0, "customer")]);
  });

  it("denies node and nodes by the type that the id turns out to have", async () => {
    const key = await api.keyWith("invoices:read");
    const document = `query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id, "${newId()}"]) { id } }`;
    const { data, errors } = await api.graphql(document, { id: customerId }, { key });
    expect(data).toEqual({ node: null, nodes: [null, null] });
    expect(errors).toMatchObject([denied("customers:read", "node"), denied("customers:read", "nodes", 0)]);
  });

  it("denies a gateway's references in the same way", async () => {
    const key = await api.keyWith("invoices:read");
    const document = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { email } } }";
    const r = [{ __typename: "Customer", id: customerId }];
    const { data, errors } = await api.graphql(document, { r }, { key, path: "/subgraph" });
    expect(data._entities).toEqual([null]);
    expect(errors).toMatchObject([denied("customers:read", "_entities", 0)]);
  });

  it.each([
    'upsertCustomersByExternalId(input: { source: "s", customers: [{ externalId: "1", email: "x@a.example" }] })',
    'upsertCustomerByExternalId(input: { source: "s", customer: { externalId: "1", email: "x@a.example" } })',
    'createCustomers(input: { customers: [{ email: "x@a.example" }] })',
    'createCustomer(input: { email: "x@a.example" })',
    'updateCustomer(input: { customer: { id: "ID" }, name: "No" })',
    'archiveCustomer(input: { customer: { id: "ID" } })',
    'restoreCustomer(input: { customer: { id: "ID" } })',
  ])("lets a key that reads everything not run %s", async (field) => {
    const key = await api.keyWith("customers:read", "invoices:*", "subscriptions:write");
    const document = `mutation { ${field.replace("ID", customerId)} { __typename userErrors { code } } }`;
    const { status, data, errors } = await api.graphql(document, {}, { key });
    const name = field.slice(0, field.indexOf("("));
    expect(status).toBe(200);
    expect(data).toEqual({ [name]: null });
    expect(errors).toMatchObject([denied("customers:write", name)]);
    expect(await api.database.prisma.customer.findMany()).toMatchObject([
      { name: "Ann", status: "ACTIVE", version: 1 },
    ]);
  });

  it("lets a key that only writes not read", async () => {
    const key = await api.keyWith("customers:write");
    const document = "query ($id: ID!) { customer(id: $id) { name } customers(first: 1) { totalCount } }";
    const { data, errors } = await api.graphql(document, { id: customerId }, { key });
    expect(data).toEqual({ customer: null, customers: null });
    expect(errors).toMatchObject([
      denied("customers:read", "customer"),
      denied("customers:read", "customers"),
    ]);
  });

  it("denies a field of a mutation's answer that asks for another scope", async () => {
    const key = await api.keyWith("customers:*");
    const document = `mutation ($id: ID!) {
      updateCustomer(input: { customer: { id: $id } }) { changed customer { id invoices(first: 1) { totalCount } } }
    }`;
    const { data, errors } = await api.graphql(document, { id: customerId }, { key });
    expect(data.updateCustomer).toEqual({ changed: false, customer: { id: customerId, invoices: null } });
    expect(errors).toMatchObject([denied("invoices:read", "updateCustomer", "customer", "invoices")]);
  });
});

describe("granted", () => {
  it.each([["*"], ["customers:*"], ["customers:read"], ["invoices:read", "customers:read"]])(
    "reads customers with %j",
    async (...scopes) => {
      const key = await api.keyWith(...scopes);
      const { data } = await api.query(
        "query ($id: ID!) { customer(id: $id) { name } }",
        { id: customerId },
        key,
      );
      expect(data.customer).toEqual({ name: "Ann" });
    },
  );

  it.each([["*"], ["customers:*"], ["customers:write", "customers:read"]])(
    "writes customers with %j",
    async (...scopes) => {
      const key = await api.keyWith(...scopes);
      const { data } = await api.query(
        create,
        { input: { email: `${scopes.join("").length}@a.example` } },
        key,
      );
      expect(data.createCustomer).toMatchObject({ created: true, userErrors: [] });
    },
  );
});

describe("a key that only writes", () => {
  it.each([
    [
      "an update of nothing",
      "updateCustomer(input: { customer: { id: $id } }) { changed customer { name } }",
    ],
    [
      "an update",
      `updateCustomer(input: { customer: { id: $id }, name: "Bea" }) { changed customer { name } }`,
    ],
  ])("is not shown by %s what it may not read, and has written", async (_, field) => {
    const key = await api.keyWith("customers:write");
    const { status, data, errors } = await api.graphql(
      `mutation ($id: ID!) { ${field} }`,
      { id: customerId },
      { key },
    );
    const changed = field.includes("Bea");
    expect(status).toBe(200);
    expect(data).toEqual({ updateCustomer: { changed, customer: null } });
    expect(errors).toMatchObject([denied("customers:read", "updateCustomer", "customer")]);
    const { name } = await api.database.prisma.customer.findFirstOrThrow({ where: { id: customerId } });
    expect(name).toBe(changed ? "Bea" : "Ann");
  });

  it("is replayed its own answer, which took effect", async () => {
    const key = await api.keyWith("customers:write");
    const query = `mutation { createCustomer(input: { email: "w@a.example" }) { created customer { name } } }`;
    const send = async () => {
      const headers = { "content-type": "application/json", "x-api-key": key, "idempotency-key": "write-1" };
      const response = await fetch(`${api.url}/graphql`, {
        method: "POST",
        headers,
        body: JSON.stringify({ query }),
      });
      return { replayed: response.headers.get("idempotency-replayed"), body: await response.json() };
    };
    const [first, second] = [await send(), await send()];
    expect(first.body).toMatchObject({ data: { createCustomer: { created: true, customer: null } } });
    expect(second).toMatchObject({ replayed: "true", body: { data: { createCustomer: { created: true } } } });
  });
});
