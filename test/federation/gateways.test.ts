import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/kit/ids.ts";
import { type BillingIds, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";
import { type Gateway, type Subgraphs, gateways, startSubgraphs } from "./support/stack.ts";

let api: TestApi;
let foreign: TestEnvironment & { readonly ids: BillingIds };
let ids: BillingIds;
let subgraphs: Subgraphs;
beforeAll(async () => {
  api = await startApi();
  ids = await insertBilling(api, api.environmentId, 100);
  const other = await api.newEnvironment();
  foreign = { ...other, ids: await insertBilling(api, other.environmentId, 1) };
  subgraphs = await startSubgraphs();
  subgraphs.serve(api, { database: observed() });
});
afterAll(async () => {
  await subgraphs.close();
  await api.close();
});

/** The database of the API, whose statements are among those of the API. */
const observed = () => ({
  ...api.database,
  events: api.events,
  observe: (text: string, values: readonly unknown[]) => void api.statements.push({ text, values }),
});

/** The statements of requests, without the look-up of keys. */
const statements = (): string[] =>
  api.statements.map(({ text }) => text).filter((text) => !text.includes("api_keys"));

const codes = ({ errors = [] }: Awaited<ReturnType<Gateway["ask"]>>): unknown[] =>
  errors.map(({ extensions }) => extensions["code"]);

/** Documents as they are typical, and what each of them has to fetch: the fields of the root, and how many references. */
const plans: Record<string, { readonly document: string; readonly fetches: readonly string[] }> = {
  "a list with what belongs to its rows": {
    document: "{ customers(first: 5) { totalCount nodes { email externalIds { nodes { source } } } } }",
    fetches: ["customers: customers"],
  },
  "a page of a customer": {
    document: `query ($id: ID!) { customer(id: $id) {
      email
      invoices(first: 3) { nodes { number total { formatted } lines { nodes { amount { formatted } } } } }
      subscriptions(first: 3) { nodes { status items { nodes { quantity } } } }
      usageEvents(first: 3) { nodes { quantity } }
    } }`,
    fetches: ["billing: _entities 1", "customers: customer", "usage: _entities 1"],
  },
  "invoices with their customers": {
    document: "{ invoices(first: 10) { nodes { number customer { name email } } } }",
    fetches: ["billing: invoices", "customers: _entities 10"],
  },
  "what is sold, four steps away": {
    document: `{ subscriptions(first: 10) { nodes {
      customer { email }
      items { nodes { price { nickname product { name } meter { eventName } } } }
    } } }`,
    fetches: [
      "billing: subscriptions",
      "catalog: _entities 10",
      "customers: _entities 10",
      "usage: _entities 10",
    ],
  },
  "whatever has an id": {
    document: "query ($id: ID!) { node(id: $id) { id ... on Customer { email } ... on Invoice { number } } }",
    fetches: ["customers: _entities 1", "platform: node"],
  },
};

/** What was fetched, in an order of its own: steps that need nothing of each other are taken at once. */
const fetches = (): string[] =>
  subgraphs.fetched
    .map(({ subgraph, body: { query, variables = {} } }) => {
      const [definition] = parse(query).definitions;
      const roots = (definition as OperationDefinitionNode).selectionSet.selections.map((one) =>
        one.kind === Kind.FIELD ? one.name.value : "...",
      );
      const references = Object.values(variables)
        .flat()
        .filter((one) => one?.__typename).length;
      return `${subgraph}: ${[...new Set(roots)].join()}${references ? ` ${references}` : ""}`;
    })
    .toSorted();

describe.each(Object.entries(gateways))("behind %s", (name, start) => {
  let gateway: Gateway;
  let ask: (
    document: string,
    variables?: object,
    headers?: Record<string, string>,
  ) => ReturnType<Gateway["ask"]>;
  beforeAll(async () => {
    gateway = await start(subgraphs.supergraphSdl);
    ask = (document, variables = {}, headers = {}) =>
      gateway.ask(api.key, document, variables as Record<string, unknown>, headers);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    subgraphs.fetched.length = 0;
    api.statements.length = 0;
  });

  it("a hundred references are one request and one statement", async () => {
    const { data } = await ask("{ invoices(first: 100) { nodes { customer { email } } } }");
    expect(data.invoices.nodes).toHaveLength(100);
    expect(subgraphs.fetched.map(({ subgraph }) => subgraph)).toEqual(["billing", "customers"]);
    expect(subgraphs.fetched[1]?.body.variables).toMatchObject({ representations: { length: 100 } });
    // Of invoices and of the customers' ids in one subgraph, of the customers in the other. Hive Gateway asks for all that
    // customers are known by elsewhere too, which is one more.
    expect(statements()).toHaveLength(name === "Hive Gateway" ? 4 : 3);
  });

  it("a key sees its own tenant, and nothing of another", async () => {
    const document =
      "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Invoice { number customer { email } } } }";
    const both = { ids: [ids.Invoice[0], foreign.ids.Invoice[0]] };
    expect((await ask(document, both)).data.nodes).toMatchObject([{ id: ids.Invoice[0] }, null]);
    const theirs = await gateway.ask(foreign.key, document, both);
    expect(theirs.data.nodes).toMatchObject([null, { id: foreign.ids.Invoice[0] }]);
  });

  it("a key that is not valid, or missing, is refused", async () => {
    for (const key of ["rk_sandbox_nonsense", ""]) {
      const answer = await gateway.ask(key, "{ customers { totalCount } }");
      expect(answer.data?.customers ?? null).toBeNull();
      expect(codes(answer)).toEqual(["UNAUTHENTICATED"]);
    }
  });

  it("a key shows what its scopes are for, wherever it is", async () => {
    const key = await api.keyWith("invoices:read");
    const answer = await gateway.ask(key, "{ invoices(first: 1) { nodes { number customer { email } } } }");
    expect(answer.data).toMatchObject({ invoices: { nodes: [{ customer: null }] } });
    expect(codes(answer)).toEqual(["PERMISSION_DENIED"]);
  });

  it("what was written is shown with all that the key may read of it", async () => {
    const key = await api.keyWith("customers:read", "customers:write", "invoices:read");
    const document = `mutation ($input: CreateCustomerInput!) {
      createCustomer(input: $input) { customer { email invoices { totalCount } subscriptions { totalCount } } }
    }`;
    const variables = () => ({ input: { email: `${newId()}@example.org` } });
    const whole = await api.graphql(document, variables(), { key });
    const answer = await gateway.ask(key, document, variables());
    expect(whole.data.createCustomer.customer).toMatchObject({
      invoices: { totalCount: 0 },
      subscriptions: null,
    });
    expect(answer.data.createCustomer.customer).toMatchObject({
      invoices: { totalCount: 0 },
      subscriptions: null,
    });
    expect(codes(answer)).toEqual(["PERMISSION_DENIED"]);
  });

  it("what was written is shown to no key that may not read it", async () => {
    const key = await api.keyWith("customers:write", "invoices:read");
    const document = `mutation ($input: CreateCustomerInput!) {
      createCustomer(input: $input) { customer { email invoices { totalCount } } userErrors { code } }
    }`;
    const variables = () => ({ input: { email: `${newId()}@example.org` } });
    const whole = await api.graphql(document, variables(), { key });
    const answer = await gateway.ask(key, document, variables());
    for (const { data } of [whole, answer])
      expect(data.createCustomer).toMatchObject({ customer: null, userErrors: [] });
    expect(codes(answer)).toEqual(["PERMISSION_DENIED"]);
  });

  it("an operation that costs too much is refused by the subgraph that would have to do it", async () => {
    const document = `{ customers(first: 100) { nodes { invoices(first: 100) { nodes { lines(first: 100) { totalCount } } } } } }`;
    expect((await api.graphql(document)).errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST" } }]);
    api.statements.length = 0;
    const answer = await ask(document);
    expect(new Set(codes(answer))).toEqual(new Set(["INVALID_REQUEST"]));
    expect(statements().filter((text) => text.includes("invoice"))).toEqual([]);
  });

  it("every subgraph is asked by the request's own id, which errors tell", async () => {
    const key = await api.keyWith("invoices:read");
    const document =
      "{ invoices(first: 1) { nodes { number customer { email } } } viewer { environment { id } } }";
    const { errors = [] } = await gateway.ask(key, document, {}, { "x-request-id": "req_of-the-client" });
    expect(subgraphs.fetched.map(({ headers }) => headers["x-request-id"])).toEqual(
      subgraphs.fetched.map(() => "req_of-the-client"),
    );
    expect(errors.map(({ extensions }) => extensions["requestId"])).toEqual(["req_of-the-client"]);
  });

  it("nothing of a request is passed on but what is listed", async () => {
    const headers = {
      "x-gateway-secret": "a guess",
      "x-forwarded-for": "10.0.0.1",
      cookie: "a=b",
      "x-user": "root",
    };
    expect((await ask("{ customers { totalCount } }", {}, headers)).errors).toBeUndefined();
    expect(Object.keys(subgraphs.fetched[0]?.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(x-gateway-secret|x-forwarded-for|cookie|x-user)$/)]),
    );
  });

  it.each(Object.entries(plans))("asks no more than it must for %s", async (_what, plan) => {
    const { errors } = await ask(plan.document, { id: ids.Customer[0] });
    expect(errors).toBeUndefined();
    expect(fetches()).toEqual(plan.fetches);
  });

  describe("a mutation with an Idempotency-Key", () => {
    const create = `mutation ($input: CreateCustomerInput!) {
      createCustomer(input: $input) { customer { id email invoices { totalCount } } userErrors { code } }
    }`;
    const count = (email: string) => api.database.prisma.customer.count({ where: { email } });

    it("takes effect once, and is answered the same", async () => {
      const email = `${newId()}@example.org`;
      const headers = { "idempotency-key": newId() };
      const first = await ask(create, { input: { email } }, headers);
      const again = await ask(create, { input: { email } }, headers);
      expect(first.data.createCustomer).toMatchObject({ customer: { email, invoices: { totalCount: 0 } } });
      expect(again).toEqual(first);
      expect(await count(email)).toBe(1);
    });

    it("is refused for other arguments", async () => {
      const headers = { "idempotency-key": newId() };
      const [email, other] = [`${newId()}@example.org`, `${newId()}@example.org`];
      await ask(create, { input: { email } }, headers);
      const answer = await ask(create, { input: { email: other } }, headers);
      expect(codes(answer)).toEqual(["IDEMPOTENCY_CONFLICT"]);
      expect(await count(other)).toBe(0);
    });

    it("may have fields of several subgraphs, each of which takes effect once", async () => {
      const document = `mutation ($a: CreateCustomerInput!, $b: CreateCustomerInput!, $product: CreateProductInput!) {
        a: createCustomer(input: $a) { customer { email } }
        product: createProduct(input: $product) { product { productKey } }
        b: createCustomer(input: $b) { customer { email } }
      }`;
      const [a, b, productKey] = [`${newId()}@example.org`, `${newId()}@example.org`, newId()];
      const variables = {
        a: { email: a },
        b: { email: b },
        product: { name: "Seat", productKey, kind: "SUBSCRIPTION" },
      };
      const headers = { "idempotency-key": newId() };
      const first = await ask(document, variables, headers);
      expect(first.errors).toBeUndefined();
      expect(first.data).toMatchObject({
        a: { customer: { email: a } },
        b: { customer: { email: b } },
        product: { product: { productKey } },
      });
      expect(await ask(document, variables, headers)).toEqual(first);
      expect([await count(a), await count(b)]).toEqual([1, 1]);
    });
  });
});
