import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { newId } from "../../src/kit/ids.ts";
import { type BillingIds, type BillingModel, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";

let api: TestApi;
let ids: BillingIds;
let foreign: TestEnvironment & { readonly ids: BillingIds };
beforeAll(async () => {
  api = await startApi();
  ids = await insertBilling(api, api.environmentId, 20);
  const other = await api.newEnvironment();
  foreign = { ...other, ids: await insertBilling(api, other.environmentId, 1) };
});
afterAll(() => api.close());

interface Reference {
  readonly __typename: string;
  readonly id?: unknown;
}

const query = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Customer { id email }
    ... on Invoice { id number }
    ... on Subscription { id status }
    ... on Product { id name }
    ... on Meter { id eventName }
    ... on Price { id nickname }
  }
}`;

/** Sends references to `/subgraph`; gives the answer and the statements beside the look-up of the key. */
async function resolveAll(representations: readonly unknown[], key = api.key, document = query) {
  api.statements.length = 0;
  const answer = await api.graphql(document, { representations }, { key, path: "/subgraph" });
  return { ...answer, statements: api.statements.filter(({ text }) => !text.includes("FROM api_keys")) };
}

/** `count` references to rows of these types in turn. */
function mixed(count: number, ...models: BillingModel[]): Reference[] {
  return Array.from({ length: count }, (_, index) => {
    const model = models[index % models.length] ?? "Customer";
    return { __typename: model, id: ids[model][Math.floor(index / models.length) % ids[model].length] };
  });
}

const everyModel: BillingModel[] = [
  "Customer",
  "ExternalId",
  "IntegrationMapping",
  "Product",
  "Price",
  "Subscription",
  "SubscriptionItem",
  "Invoice",
  "InvoiceLine",
  "Meter",
  "UsageEvent",
];

describe("references", () => {
  it("give rows of every type", async () => {
    const references = mixed(everyModel.length, ...everyModel);
    const { data, errors } = await resolveAll(
      references,
      api.key,
      query.replace("__typename", "__typename ... on Node { id }"),
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toMatchObject(references);
  });

  it("cover every entity of the graph", () => {
    expect(everyModel.toSorted()).toEqual([...entityNames()].toSorted());
  });

  it.each([8, 100])("of three types, %i at once, are one statement a type, in order", async (count) => {
    const references = mixed(count, "Customer", "Invoice", "Meter");
    const { data, errors, statements } = await resolveAll(references);
    expect(errors).toBeUndefined();
    expect(data._entities).toMatchObject(references);
    expect(statements).toHaveLength(3);
  });

  it("that repeat are read once, and answered each time", async () => {
    const [reference] = mixed(1, "Product");
    const { data, statements } = await resolveAll([reference, reference]);
    expect(data._entities).toMatchObject([{ name: "Product 0" }, { name: "Product 0" }]);
    expect(statements).toHaveLength(1);
  });

  it("go on into lists, one statement a field", async () => {
    const { data, statements } = await resolveAll(
      mixed(20, "Customer"),
      api.key,
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Customer { invoices(first: 1) { totalCount nodes { number } } } }
      }`,
    );
    expect(data._entities).toHaveLength(20);
    expect(data._entities[0].invoices).toMatchObject({ totalCount: 20, nodes: { length: 1 } });
    expect(statements).toHaveLength(3);
  });

  it("that lead nowhere are null: unknown, another tenant's, of another type, malformed", async () => {
    const [known] = mixed(1, "Customer");
    const nowhere = [newId(), foreign.ids.Customer[0], ids.Invoice[0], "", "1", "x'--", "\0", "\ud800"];
    const { data, errors } = await resolveAll([
      ...nowhere.map((id) => ({ __typename: "Customer", id })),
      known,
    ]);
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([...nowhere.map(() => null), expect.objectContaining(known ?? {})]);
  });

  it("are answered to the tenant that they belong to", async () => {
    const reference = { __typename: "Customer", id: foreign.ids.Customer[0] };
    expect((await resolveAll([reference], foreign.key)).data._entities).toMatchObject([reference]);
  });
});

describe("a reference that no gateway sends", () => {
  it.each([
    ["of an unknown type", { __typename: "Nothing", id: newId() }],
    ["of a type that is no entity", { __typename: "Money", amount: 1, currency: "USD" }],
    ["of an interface", { __typename: "Node", id: newId() }],
    ["of the root", { __typename: "Query", id: newId() }],
    ["of a property of objects", { __typename: "constructor", id: newId() }],
    ["without a type", { id: newId() }],
    ["without an id", { __typename: "Customer" }],
    ["with null for an id", { __typename: "Customer", id: null }],
    ["with an object for an id", { __typename: "Customer", id: { eq: 1 } }],
    ["that is a text", "Customer"],
    ["that is a number", 7],
    ["that is a list", []],
  ])("%s is the caller's error, and its neighbours are answered", async (_, representation) => {
    const references = mixed(2, "Customer", "Invoice");
    const { status, data, errors } = await resolveAll([references[0], representation, references[1]]);
    expect(status).toBe(200);
    expect(data._entities).toMatchObject([references[0], null, references[1]]);
    expect(errors).toMatchObject([{ path: ["_entities", 1], extensions: { code: "INVALID_REQUEST" } }]);
  });

  it("makes more than 1,000 too many", async () => {
    const most = await resolveAll(mixed(1_000, "Customer"));
    expect(most.errors).toBeUndefined();
    expect(most.data._entities).toHaveLength(1_000);
    const more = await resolveAll(mixed(1_001, "Customer"));
    expect(more.errors).toMatchObject([
      {
        path: ["_entities"],
        message: expect.stringContaining("1000"),
        extensions: { code: "INVALID_REQUEST" },
      },
    ]);
    expect(more.statements).toHaveLength(0);
  });
});

describe("scopes", () => {
  it("hold for references: what is denied has an error, the others are answered", async () => {
    const references = mixed(3, "Customer", "Invoice", "Meter");
    const key = await api.keyWith("invoices:read");
    const { data, errors, statements } = await resolveAll(references, key);
    expect(data._entities).toMatchObject([null, references[1], null]);
    expect(errors).toMatchObject([
      { path: ["_entities", 0], extensions: { code: "PERMISSION_DENIED" } },
      { path: ["_entities", 2], extensions: { code: "PERMISSION_DENIED" } },
    ]);
    expect(statements).toHaveLength(1);
  });

  it("tell nothing of whether a row exists", async () => {
    const key = await api.keyWith("invoices:read");
    const [known] = mixed(1, "Customer");
    const { errors } = await resolveAll([known, { __typename: "Customer", id: newId() }], key);
    expect(errors?.map(({ message }) => message)).toEqual([errors?.[0]?.message, errors?.[0]?.message]);
  });

  it.each(everyModel)("are asked for by %s", async (model) => {
    const key = await api.keyWith("events:read");
    const { data, errors } = await resolveAll(mixed(1, model), key);
    expect(data._entities).toEqual([null]);
    expect(errors).toMatchObject([{ path: ["_entities", 0], extensions: { code: "PERMISSION_DENIED" } }]);
  });

  it("hold for the fields of what is referred to", async () => {
    const { data, errors } = await resolveAll(
      mixed(1, "Customer"),
      await api.keyWith("customers:read"),
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Customer { email invoices { totalCount } } }
      }`,
    );
    expect(data._entities).toEqual([{ email: "customer-0@example.com", invoices: null }]);
    expect(errors).toMatchObject([
      { path: ["_entities", 0, "invoices"], extensions: { code: "PERMISSION_DENIED" } },
    ]);
  });
});
