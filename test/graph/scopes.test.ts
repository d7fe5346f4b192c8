import { type GraphQLField, isNonNullType, isRequiredArgument, getNamedType, isLeafType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames, scopeOf } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { grantableScopes } from "../../src/kit/scopes.ts";
import { type BillingIds, type BillingModel, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { entityOf, fieldsOf, sampleOf } from "./elements.ts";

const schema = buildSchema();
const entities = entityNames();
const entityFields = fieldsOf(schema).map((field) => ({
  ...field,
  entity: entityOf(field.field.type, entities) as BillingModel | null,
}));

/** Root fields that give no certain entity: who asks, and things of every type, each of which asks for its own scope. */
const open = new Set(["viewer", "rateLimit", "node", "nodes"]);
const queries = entityFields.filter(({ parent, field }) => parent.name === "Query" && !open.has(field.name));
const roots = queries.filter(({ entity }) => entity !== null);

/** Fields that say themselves which scope they ask for: mutations, and queries that give no entity. */
const operations = [
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ["mutation", field] as const),
  ...queries.filter(({ entity }) => entity === null).map(({ field }) => ["query", field] as const),
];

/** Fields that lead from one entity to others which ask for another scope. */
const crossings = entityFields.flatMap(({ parent, field, entity }) => {
  const from = parent.name as BillingModel;
  if (!entity || !entities.includes(from) || scopeOf(from) === scopeOf(entity)) return [];
  return [{ from, name: field.name, to: entity }];
});

/** Types that are no entities, with the scope that whoever has one of them holds. */
const carriers: Record<string, string> = {
  ...Object.fromEntries(
    entities.flatMap((name) => [`${name}Connection`, `${name}Edge`].map((type) => [type, scopeOf(name)])),
  ),
  UsageSummary: "usage:read",
  UsageSeries: "usage:read",
  CustomerMeter: "usage:read",
};

let api: TestApi;
let ids: BillingIds;
beforeAll(async () => {
  api = await startApi();
  ids = await insertBilling(api, api.environmentId, 1);
});
afterAll(() => api.close());

/** A key that may do everything but this. */
function keyWithout(scope: string): Promise<string> {
  const others = grantableScopes.filter((one) => !one.includes("*") && one !== scope);
  return api.keyWith(...others);
}

/** An operation that asks for one field, with the least that it takes, and its variables. */
function operation(kind: "query" | "mutation", { name, args, type }: GraphQLField<unknown, unknown>) {
  const given = args.filter(isRequiredArgument);
  const declared = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(", ");
  const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const brackets = (text: string): string => (text ? `(${text})` : "");
  return {
    document: `${kind} ${brackets(declared)} { ${name}${brackets(passed)} ${isLeafType(getNamedType(type)) ? "" : "{ __typename }"} }`,
    variables: Object.fromEntries(given.map((arg) => [arg.name, sampleOf(arg.type, newId())])),
  };
}

const denied = { code: "PERMISSION_DENIED", type: "permission_error" };

describe.each(roots.map(({ field, entity }) => [field.name, field, entity] as const))(
  "%s",
  (name, field, entity) => {
    const { document, variables } = operation("query", field);

    it("asks for the scope of what it gives, and for no other", async () => {
      const scope = scopeOf(entity ?? "Customer");
      const refused = await api.graphql(document, variables, { key: await keyWithout(scope) });
      expect(refused.data).toEqual({ [name]: null });
      expect(refused.errors).toMatchObject([{ path: [name], extensions: denied }]);
      expect(
        (await api.graphql(document, variables, { key: await api.keyWith(scope) })).errors,
      ).toBeUndefined();
    });
  },
);

describe("viewer", () => {
  it("asks for no scope", async () => {
    const key = await api.keyWith("events:read");
    const { data, errors } = await api.graphql("{ viewer { scopes } }", {}, { key });
    expect(errors).toBeUndefined();
    expect(data.viewer).toEqual({ scopes: ["events:read"] });
  });
});

describe.each(entities as BillingModel[])("%s by node", (model) => {
  it("asks for its scope", async () => {
    const document = `query ($id: ID!) { node(id: $id) { __typename } }`;
    const id = ids[model][0];
    const refused = await api.graphql(document, { id }, { key: await keyWithout(scopeOf(model)) });
    expect(refused.data).toEqual({ node: null });
    expect(refused.errors).toMatchObject([{ path: ["node"], extensions: denied }]);
    const given = await api.graphql(document, { id }, { key: await api.keyWith(scopeOf(model)) });
    expect(given).toMatchObject({ data: { node: { __typename: model } } });
  });
});

describe.each(crossings.map((crossing) => [`${crossing.from}.${crossing.name}`, crossing] as const))(
  "%s",
  (_, { from, name, to }) => {
    it(`asks for the scope of ${to}`, async () => {
      const document = `query ($id: ID!) { node(id: $id) { ... on ${from} { ${name} { __typename } } } }`;
      const id = ids[from][0];
      const refused = await api.graphql(document, { id }, { key: await keyWithout(scopeOf(to)) });
      expect(refused.data).toEqual({ node: { [name]: null } });
      expect(refused.errors).toMatchObject([{ path: ["node", name], extensions: denied }]);
      const given = await api.graphql(
        document,
        { id },
        { key: await api.keyWith(scopeOf(from), scopeOf(to)) },
      );
      expect(given.errors).toBeUndefined();
      expect(given.data.node[name]).not.toBeNull();
    });
  },
);

describe("a customer's usage", () => {
  const document = `query ($id: ID!) { customer(id: $id) { usage { total meter { name } } } }`;

  it.each([
    ["usage:read", ["customer", "usage"]],
    ["meters:read", ["customer", "usage", 0, "meter"]],
  ])("asks for %s", async (scope, path) => {
    const { errors } = await api.graphql(document, { id: ids.Customer[0] }, { key: await keyWithout(scope) });
    expect(errors?.[0]).toMatchObject({ path, extensions: denied });
  });
});

it("leaves no other way to an entity", () => {
  const ways = entityFields.filter(({ parent, field, entity }) => {
    if (!entity || entities.includes(parent.name as BillingModel)) return false;
    if (parent.name === "Query" || carriers[parent.name] === scopeOf(entity)) return false;
    const { authScopes } = field.extensions["pothosOptions"] as { authScopes?: { scope?: string } };
    return authScopes?.scope !== scopeOf(entity);
  });
  expect(ways.map(({ path }) => path)).toEqual([]);
});

it("what an operation answers is null, and takes nothing else along, for whoever may not read it", () => {
  const answers = entityFields.filter(
    ({ parent, entity }) => entity && /(?:Payload|Result)$/.test(parent.name),
  );
  expect(answers.length).toBeGreaterThan(90);
  expect(answers.filter(({ field }) => isNonNullType(field.type)).map(({ path }) => path)).toEqual([]);
});

it.each(operations.map(([kind, field]) => [kind, field.name, field] as const))(
  "%s %s asks for a scope",
  async (kind, name, field) => {
    const { document, variables } = operation(kind, field);
    const { data, errors } = await api.graphql(document, variables, {
      key: await api.keyWith("events:write"),
    });
    expect(data).toEqual({ [name]: null });
    expect(errors).toMatchObject([{ path: [name], extensions: denied }]);
  },
);
