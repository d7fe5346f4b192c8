import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { fieldsOf } from "../graph/elements.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert, times } from "../reads/fixtures.ts";

const schema = buildSchema();
const connections = fieldsOf(schema).filter(({ field }) =>
  getNamedType(field.type).name.endsWith("Connection"),
);

let api: TestApi;
let customerId: string;
/** Where each list is found in an answer, around its fields. */
const lists = {
  customers: { ask: (list: string) => `{ ${list} }`, name: "customers", all: [] as string[] },
  "a customer's invoices": {
    ask: (list: string) => `{ customer(id: "${customerId}") { ${list} } }`,
    name: "invoices",
    all: [] as string[],
  },
};

beforeAll(async () => {
  api = await startApi();
  lists.customers.all = (
    await insert(
      api,
      "Customer",
      times(11, () => ({})),
    )
  ).toReversed();
  customerId = lists.customers.all[0] ?? "";
  lists["a customer's invoices"].all = (
    await insert(
      api,
      "Invoice",
      times(11, () => ({ customerId })),
    )
  ).toReversed();
});
afterAll(() => api.close());

interface Page {
  readonly totalCount: number;
  readonly edges: { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly nodes: { readonly id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const selection =
  "{ totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";

const idsOf = ({ nodes }: Page) => nodes.map(({ id }) => id);

describe("types", () => {
  const fieldOf = (type: GraphQLObjectType, name: string) =>
    type.getFields()[name] as GraphQLField<unknown, unknown>;

  it("are all found", () => expect(connections.length).toBeGreaterThan(15));

  it.each(connections.map(({ path, field }) => [path, field] as const))("%s", (_path, field) => {
    const args = Object.fromEntries(field.args.map(({ name, type }) => [name, String(type)]));
    expect(args).toMatchObject({ first: "Int", after: "String", last: "Int", before: "String" });
    const connection = getNamedType(field.type) as GraphQLObjectType;
    expect(String(fieldOf(connection, "pageInfo").type)).toBe("PageInfo!");
    const { type: edges } = fieldOf(connection, "edges");
    expect(isListType(getNullableType(edges))).toBe(true);
    const edge = getNamedType(edges) as GraphQLObjectType;
    expect(edge.name).toMatch(/Edge$/);
    expect(getNullableType(fieldOf(edge, "cursor").type).toString()).toBe("String");
    expect(isListType(getNullableType(fieldOf(edge, "node").type))).toBe(false);
  });

  it("PageInfo may have no cursors, and always says what is beyond", () => {
    const fields = (schema.getType("PageInfo") as GraphQLObjectType).getFields();
    expect(
      Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, String(type)])),
    ).toEqual({
      hasNextPage: "Boolean!",
      hasPreviousPage: "Boolean!",
      startCursor: "String",
      endCursor: "String",
    });
  });

  it("Node has an id, and node gives it back", () => {
    const node = fieldOf(schema.getQueryType() as GraphQLObjectType, "node");
    expect(isNonNullType(node.type)).toBe(false);
    expect(node.args.map(({ name, type }) => `${name}: ${String(type)}`)).toEqual(["id: ID!"]);
  });
});

describe("nodes", () => {
  it("gives objects in the order of the ids, twice where asked twice, and null for none", async () => {
    const [one, two] = lists.customers.all;
    const ids = [two, newId(), one, two, "no id"];
    const { data } = await api.query("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", { ids });
    const customer = (id: string | undefined) => ({ __typename: "Customer", id });
    expect(data.nodes).toEqual([customer(two), null, customer(one), customer(two), null]);
  });

  it("finds with node what nodes finds", async () => {
    const { data } = await api.query(`{ node(id: "${customerId}") { id ... on Customer { email } } }`);
    expect(data.node).toEqual({ id: customerId, email: expect.stringContaining("@") });
  });
});

describe.each(Object.keys(lists) as (keyof typeof lists)[])("the list of %s", (which) => {
  const { ask, name } = lists[which];
  const all = () => lists[which].all;

  async function page(args: string): Promise<Page> {
    const { data } = await api.query(ask(`${name}${args && `(${args})`} ${selection}`));
    return data[name] ?? data.customer[name];
  }

  it("is the same by pages of three as on one, forward and backward", async () => {
    const whole = await page("first: 100");
    expect(idsOf(whole)).toEqual(all());
    const forward: string[] = [];
    for (let after = "", more = true; more;) {
      const part = await page(`first: 3${after}`);
      forward.push(...idsOf(part));
      expect(part.pageInfo.hasPreviousPage).toBe(after !== "");
      more = part.pageInfo.hasNextPage;
      after = `, after: "${part.pageInfo.endCursor}"`;
    }
    expect(forward).toEqual(all());
    const backward: string[] = [];
    for (let before = "", more = true; more;) {
      const part = await page(`last: 3${before}`);
      backward.unshift(...idsOf(part));
      expect(part.pageInfo.hasNextPage).toBe(before !== "");
      more = part.pageInfo.hasPreviousPage;
      before = `, before: "${part.pageInfo.startCursor}"`;
    }
    expect(backward).toEqual(all());
  });

  it("keeps its order at its end", async () => {
    const { edges } = await page("");
    const before = edges[6]?.cursor;
    expect(idsOf(await page("last: 4"))).toEqual(all().slice(-4));
    expect(idsOf(await page(`last: 4, before: "${before}"`))).toEqual(all().slice(2, 6));
    expect(idsOf(await page(`first: 2, before: "${before}"`))).toEqual(all().slice(0, 2));
    expect(idsOf(await page(`last: 2, after: "${before}"`))).toEqual(all().slice(-2));
    expect(idsOf(await page(`after: "${edges[2]?.cursor}", before: "${before}"`))).toEqual(all().slice(3, 6));
  });

  it("has the same rows in edges and nodes, and the ends' cursors in pageInfo", async () => {
    const { edges, nodes, pageInfo, totalCount } = await page("first: 5");
    expect(edges.map(({ node }) => node)).toEqual(nodes);
    expect(pageInfo.startCursor).toBe(edges[0]?.cursor);
    expect(pageInfo.endCursor).toBe(edges[4]?.cursor);
    expect(new Set(edges.map(({ cursor }) => cursor)).size).toBe(5);
    expect(totalCount).toBe(11);
  });

  it("has no cursors on a page without rows", async () => {
    const { pageInfo } = await page("first: 100");
    const empty = await page(`first: 3, after: "${pageInfo.endCursor}"`);
    expect(empty.edges).toEqual([]);
    expect(empty.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });

  it.each([
    "first: 0",
    "first: -1",
    "last: -1",
    "first: 101",
    "first: 2147483648",
    "first: 1.5",
    'first: "3"',
    "first: 2, last: 2",
    'after: ""',
    'after: "nope"',
    'before: "bm9wZQ"',
    'after: "W10"',
    'after: "WyJDUkVBVEVEX0FUIiwiMjAyNi0wMS0wMVQwMDowMDowMFoiLCJubyBpZCJd"',
  ])("refuses %s", async (args) => {
    const { errors } = await api.graphql(ask(`${name}(${args}) { nodes { id } }`));
    expect(errors).toMatchObject([{ extensions: { code: "INVALID_REQUEST" } }]);
  });

  it("refuses a cursor of another order", async () => {
    const { pageInfo } = await page("first: 1");
    const other = which === "customers" ? "EMAIL" : "DUE_AT";
    const args = `after: "${pageInfo.endCursor}", orderBy: { field: ${other} }`;
    const { errors } = await api.graphql(ask(`${name}(${args}) { nodes { id } }`));
    expect(errors).toMatchObject([
      { message: expect.stringContaining("cursor"), extensions: { code: "INVALID_REQUEST" } },
    ]);
  });
});
