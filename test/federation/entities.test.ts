import { getNamedType, isLeafType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { type BillingIds, type BillingModel, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, type TestEnvironment, startApi } from "../kit/api.ts";

/** How many rows of each type there are at least. */
const size = 100;

let api: TestApi;
let ids: BillingIds;
let foreign: TestEnvironment & { readonly ids: BillingIds };
beforeAll(async () => {
  api = await startApi();
  ids = await insertBilling(api, api.environmentId, size);
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
    ... on BillingSubscription { id status }
    ... on Product { id name }
    ... on Meter { id eventName }
    ... on Price { id nickname }
  }
}`;

const byId = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on Node { id } }
}`;

const graph = buildSchema();

/** The fields of a type that are a value each. */
function leavesOf(model: string): string {
  const type = graph.getType(model);
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const leaves = fields.filter(({ type: given, args }) => isLeafType(getNamedType(given)) && !args.length);
  return leaves.map(({ name }) => name).join(" ");
}

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
  "TestClock",
  "Discount",
  "DiscountRedemption",
  "TaxRate",
  "SubscriptionSchedule",
  "SubscriptionPhase",
  "SubscriptionPhaseItem",
  "Customer",
  "ExternalId",
  "IntegrationMapping",
  "Product",
  "Price",
  "BillingSubscription",
  "SubscriptionItem",
  "Invoice",
  "InvoiceLine",
  "CreditNote",
  "CreditNoteLine",
  "CustomerBalanceTransaction",
  "Wallet",
  "CreditGrant",
  "CreditTransaction",
  "CreditPack",
  "CreditPurchase",
  "InvoicePayment",
  "InvoiceComment",
  "InvoiceDelivery",
  "InvoiceDiscount",
  "Meter",
  "UsageEvent",
  "Benefit",
  "ProductBenefit",
  "EntitlementGrant",
  "Seat",
  "QuotaBalance",
];

describe("references", () => {
  it("give rows of every type", async () => {
    const references = mixed(everyModel.length, ...everyModel);
    const { data, errors } = await resolveAll(references, api.key, byId);
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual(references);
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

  it.each(everyModel)("to a hundred rows of %s are one statement", async (model) => {
    const references = ids[model].slice(0, size).map((id) => ({ __typename: model, id }));
    expect(new Set(references.map(({ id }) => id)).size).toBe(size);
    const shuffled = references.toSorted((one, other) => (one.id.slice(-6) < other.id.slice(-6) ? -1 : 1));
    const document = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { __typename ... on ${model} { ${leavesOf(model)} } }
    }`;
    const { data, errors, statements } = await resolveAll(shuffled, api.key, document);
    expect(errors).toBeUndefined();
    expect(data._entities).toMatchObject(shuffled);
    // A redemption tells what is left of it, which its discount says: one more for all of them.
    expect(statements).toHaveLength(model === "DiscountRedemption" ? 2 : 1);
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
    expect(data._entities[0].invoices).toMatchObject({ totalCount: size, nodes: { length: 1 } });
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

describe("customers by their ids in other systems", () => {
  const insertId = (customerId: string, source: string, externalId: string, more: object = {}) =>
    api.database.prisma.externalId.create({
      data: { environmentId: api.environmentId, id: newId(), customerId, source, externalId, ...more },
    });
  const by = (source: string, id: unknown) => ({ __typename: "Customer", external: { source, id } });

  it("are found by current ones and by those that were renamed, a hundred in two statements", async () => {
    const [one = "", other = ""] = ids.Customer;
    await insertId(one, "key-crm", "C-1");
    await insertId(other, "key-crm", "C-2", { replacedAt: new Date() });
    const references = [by("key-crm", "C-1"), by("key-crm", "C-2"), by("key-crm", "C-3"), by("other", "C-1")];
    const hundred = Array.from({ length: 25 }, () => references).flat();
    const { data, errors, statements } = await resolveAll(hundred);
    expect(errors).toBeUndefined();
    expect(data._entities).toHaveLength(100);
    expect(data._entities.slice(-4)).toMatchObject([{ id: one }, { id: other }, null, null]);
    expect(statements).toHaveLength(2);
    expect((await resolveAll(references, foreign.key)).data._entities).toEqual([null, null, null, null]);
  });

  it("ask for the scope of customers, and for texts", async () => {
    const denied = await resolveAll([by("key-crm", "C-1")], await api.keyWith("invoices:read"));
    expect(denied.errors).toMatchObject([{ extensions: { code: "PERMISSION_DENIED" } }]);
    const malformed = await resolveAll([by("key-crm", 1), { __typename: "Customer", external: null }]);
    expect(malformed.data._entities).toEqual([null, null]);
    expect(malformed.errors?.map(({ extensions }) => extensions["code"])).toEqual([
      "INVALID_REQUEST",
      "INVALID_REQUEST",
    ]);
  });

  it("tell the merchant's own first, else the oldest, and none when there is none", async () => {
    const { data: made } = await api.query(
      `mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { successful { id } } }`,
      { input: { customers: [1, 2, 3].map((n) => ({ email: `external-${n}-${newId()}@example.org` })) } },
    );
    const [own = "", old = "", none = ""] = made.createCustomers.successful.map(
      ({ id }: { id: string }) => id,
    );
    await insertId(own, "a", "A-1", { createdAt: new Date(0) });
    await insertId(own, "merchant", "M-1");
    await insertId(old, "b", "B-0", { createdAt: new Date(0), replacedAt: new Date() });
    await insertId(old, "b", "B-1", { createdAt: new Date(1) });
    await insertId(old, "a", "A-2");
    const { data, statements } = await api.query(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { external { source id } } } }`,
      { ids: [own, old, none] },
    );
    expect(data.nodes.map(({ external }: { external: unknown }) => external)).toEqual([
      { source: "merchant", id: "M-1" },
      { source: "b", id: "B-1" },
      null,
    ]);
    expect(statements).toBe(3);
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

  it("makes more than 10,000 too many", async () => {
    const most = await resolveAll(mixed(10_000, "Customer"));
    expect(most.errors).toBeUndefined();
    expect(most.data._entities).toHaveLength(10_000);
    expect(most.statements).toHaveLength(1);
    const more = await resolveAll(mixed(10_001, "Customer"));
    expect(more.errors).toMatchObject([
      {
        path: ["_entities"],
        message: expect.stringContaining("10000"),
        extensions: { code: "INVALID_REQUEST" },
      },
    ]);
    expect(more.statements).toHaveLength(0);
  });
});

describe("what references cost", () => {
  const nested = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on Customer { invoices(first: 10) { nodes { id } } } }
  }`;

  it("is that of a row each", async () => {
    const { extensions } = await resolveAll(mixed(7, "Customer"), api.key, nested);
    expect(extensions.cost).toMatchObject({ requested: 7 * 12 });
  });

  it("is limited as that of rows is", async () => {
    const { errors, statements } = await resolveAll(mixed(9_000, "Customer"), api.key, nested);
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST" } }]);
    expect(statements).toEqual([]);
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
