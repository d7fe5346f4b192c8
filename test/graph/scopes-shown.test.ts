import { type GraphQLField, buildSchema as schemaOf, getDirectiveValues, isRequiredArgument } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { printGraph } from "../../src/graph/print.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { grantableScopes } from "../../src/kit/scopes.ts";
import { type BillingIds, type BillingModel, insertBilling } from "../examples/billing-rows.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { fieldsOf, sampleOf } from "./elements.ts";

const printed = schemaOf(printGraph(buildSchema()));
const shown = ({ astNode }: { readonly astNode?: unknown }): string | undefined =>
  getDirectiveValues(printed.getDirective("requiresScope")!, (astNode ?? {}) as never)?.["scope"] as
    | string
    | undefined;

let api: TestApi;
let ids: BillingIds;
beforeAll(async () => {
  api = await startApi();
  ids = await insertBilling(api, api.environmentId, 1);
});
afterAll(() => api.close());

interface Sample {
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

/** An operation that asks for a root field, with the least that it takes. */
function rootSample(kind: string, { name, args }: GraphQLField<unknown, unknown>): Sample {
  const given = args.filter(isRequiredArgument);
  const brackets = (parts: string[]): string => (parts.length ? `(${parts.join(", ")})` : "");
  const declared = brackets(given.map((arg) => `$${arg.name}: ${String(arg.type)}`));
  const passed = brackets(given.map((arg) => `${arg.name}: $${arg.name}`));
  return {
    document: `${kind} ${declared} { ${name}${passed} { __typename } }`,
    variables: Object.fromEntries(given.map((arg) => [arg.name, sampleOf(arg.type, newId())])),
  };
}

/** An operation that asks for a field of an entity, or for the entity alone. */
function nodeSample(model: string, field = "__typename", below = ""): Sample {
  const document = `query ($id: ID!) { node(id: $id) { ... on ${model} { ${field} ${below} } } }`;
  return { document, variables: { id: ids[model as BillingModel][0] } };
}

const entities: readonly string[] = entityNames();
const cases: [path: string, scope: string, sample: () => Sample][] = [
  ...entities.map(
    (name) =>
      [name, shown(printed.getType(name)!) ?? "none", () => nodeSample(name)] as (typeof cases)[number],
  ),
  ...fieldsOf(printed).flatMap(({ path, parent, field }) => {
    const scope = shown(field);
    if (!scope) return [];
    const sample = (): Sample => {
      if (parent === printed.getQueryType()) return rootSample("query", field);
      if (parent === printed.getMutationType()) return rootSample("mutation", field);
      if (parent.name === "UsageSummary")
        return nodeSample("Customer", `usage { ${field.name} { __typename } }`);
      return nodeSample(parent.name, field.name, "{ __typename }");
    };
    return [[path, scope, sample] as (typeof cases)[number]];
  }),
];

describe.each(cases)("%s", (_, scope, sample) => {
  const others = grantableScopes.filter((one) => !one.includes("*") && one !== scope);

  it(`asks for ${scope}`, async () => {
    const { document, variables } = sample();
    const { errors } = await api.graphql(document, variables, { key: await api.keyWith(...others) });
    const told = errors?.map(({ message, extensions }) => `${String(extensions["code"])}: ${message}`);
    expect([...new Set(told)]).toEqual([`PERMISSION_DENIED: This key lacks the scope ${scope}.`]);
  });

  it("is given to whoever holds all that is shown", async () => {
    const { document, variables } = sample();
    const { errors = [] } = await api.graphql(document, variables);
    expect(errors.filter(({ extensions }) => extensions["code"] === "PERMISSION_DENIED")).toEqual([]);
  });
});

it("covers all fields that show a scope", () => {
  expect(cases.length).toBeGreaterThan(50);
});
