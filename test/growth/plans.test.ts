import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { serverUrl } from "../kit/database.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";
import { observe } from "../reads/statements.ts";
import { faultsOf } from "./plans.ts";

let api: TestApi;
beforeAll(async () => {
  if (!serverUrl) return;
  api = await startApi();
  await insertOneOfEach(api);
});
afterAll(() => api?.close());

const schema = buildSchema();

/** A list that the graph offers: at the root, or on each object of a type. */
interface Offered {
  readonly path: string;
  readonly field: GraphQLField<unknown, unknown>;
  /** The document that asks for the list, with this after its name. */
  readonly ask: (list: string) => string;
}

function listsOf(type: GraphQLObjectType, around: (inner: string) => string): Offered[] {
  return Object.values(type.getFields())
    .filter((field) => getNamedType(field.type).name.endsWith("Connection"))
    .map((field) => ({
      path: `${type.name}.${field.name}`,
      field,
      ask: (list) => around(`${field.name}${list}`),
    }));
}

const roots = listsOf(schema.getQueryType()!, (inner) => `{ ${inner} }`);
const nested = roots.flatMap(({ field }) => {
  const model = entityNames().find((name) => `${name}Connection` === getNamedType(field.type).name);
  const type = model && schema.getType(model);
  if (!isObjectType(type)) return [];
  return listsOf(type, (inner) => `{ ${field.name}(first: 10) { nodes { ${inner} } } }`);
});

/** A value of a type of input, written as in a document. */
function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return `[${valueOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type)) {
    const given = Object.values(type.getFields()).map((field) => `${field.name}: ${valueOf(field.type)}`);
    return `{ ${(type.isOneOf ? given.slice(0, 1) : given).join(", ")} }`;
  }
  const texts: Record<string, string> = {
    ID: `"${newId()}"`,
    Boolean: "true",
    Int: "1",
    DateTime: '"2026-01-01T00:00:00Z"',
    Currency: '"USD"',
    Decimal: '"1"',
    SafeInt: "1",
  };
  return texts[type.name] ?? '"plan"';
}

/** Every way in which a list can be asked for: in each order and direction, from both ends, by each filter, and counted. */
function waysOf({ field }: Offered): string[] {
  const argument = (name: string) => field.args.find((one) => one.name === name);
  const page = "{ nodes { id } pageInfo { hasNextPage endCursor } }";
  const orderBy = argument("orderBy") && getNamedType(argument("orderBy")!.type);
  const orderFields = isInputObjectType(orderBy)
    ? getNamedType(orderBy.getFields()["field"]!.type)
    : undefined;
  const orders = isEnumType(orderFields) ? orderFields.getValues().map(({ name }) => name) : [];
  const filter = getNamedType(argument("filter")!.type);
  const filters = isInputObjectType(filter) ? Object.values(filter.getFields()) : [];
  return [
    page,
    `(last: 5) ${page}`,
    "{ countUpTo(limit: 10) }",
    ...orders.flatMap((name) =>
      ["ASC", "DESC"].map((direction) => `(orderBy: { field: ${name}, direction: ${direction} }) ${page}`),
    ),
    ...filters.flatMap(({ name, type }) => {
      const given = `filter: { ${name}: ${valueOf(type)} }`;
      return [`(${given}) ${page}`, `(${given}) { countUpTo }`];
    }),
  ];
}

describe.skipIf(!serverUrl)("no list reads a table from end to end or sorts all that a tenant has", () => {
  it.each([...roots, ...nested])("$path", async (offered) => {
    const found: string[] = [];
    for (const way of waysOf(offered)) {
      const { statements, errors, data } = await observe(api, offered.ask(way));
      expect({ way, errors }).toEqual({ way, errors: undefined });
      for (const fault of await faultsOf(api, statements)) found.push(`${way}: ${fault}`);
      const cursor = JSON.stringify(data).match(/"endCursor":("[^"]+")/)?.[1];
      if (!cursor || way.includes("last")) continue;
      const after = way.startsWith("(")
        ? way.replace("(", `(after: ${cursor}, `)
        : `(after: ${cursor}) ${way}`;
      const next = await observe(api, offered.ask(after));
      for (const fault of await faultsOf(api, next.statements)) found.push(`after a cursor ${way}: ${fault}`);
    }
    expect(found).toEqual([]);
  });

  it("and whatever would is found", async () => {
    const { environmentId } = api;
    const plans = async (text: string) => faultsOf(api, [{ text, values: [environmentId] }]);
    expect(await plans("SELECT id FROM customers WHERE notes = $1")).toEqual(["reads all of customers"]);
    const tenant = "SELECT id FROM customers WHERE environment_id = $1::uuid";
    expect(await plans(`${tenant} ORDER BY notes LIMIT 5`)).toEqual(["sorts all of a tenant's customers"]);
    expect(await plans(`${tenant} ORDER BY created_at, id LIMIT 5`)).toEqual([]);
  });

  it("of which there are many", () => {
    expect(roots.length).toBeGreaterThan(6);
    expect(nested.length).toBeGreaterThan(10);
  });
});
