import {
  GraphQLInputObjectType,
  type GraphQLObjectType,
  type GraphQLType,
  GraphQLNonNull,
  getNamedType,
  isEnumType,
} from "graphql";
import { describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { entityOf, enumValuesOf, fieldsOf, givensOf, isList, typesOf } from "./elements.ts";

const schema = buildSchema();
const types = typesOf(schema);
const fields = fieldsOf(schema);
const givens = givensOf(schema);
const enumValues = enumValuesOf(schema);
const entities = entityNames();
const mutations = fields.filter(({ parent }) => parent === schema.getMutationType());

const paths = (elements: readonly { readonly path: string }[]): string[] => elements.map(({ path }) => path);

describe("descriptions", () => {
  const described = [
    ...types.map(({ name, description }) => ({ path: name, description })),
    ...fields.map(({ path, field }) => ({ path, description: field.description })),
    ...givens.map(({ path, given }) => ({ path, description: given.description })),
    ...enumValues,
  ];

  it("stand on every type, field, argument, input field and enum value", () => {
    expect(described.length).toBeGreaterThan(500);
    expect(paths(described.filter(({ description }) => !description?.trim()))).toEqual([]);
  });

  it("end with a full stop, and have no space around", () => {
    expect(described.filter(({ description }) => !/^\S.*\.$/s.test(description ?? ""))).toEqual([]);
  });
});

describe("names", () => {
  it("of types are in PascalCase", () => {
    expect(types.map(({ name }) => name).filter((name) => !/^[A-Z][a-zA-Z0-9]*$/.test(name))).toEqual([]);
  });

  it("of fields, arguments and input fields are in camelCase", () => {
    const camelCase = /^[a-z][a-zA-Z0-9]*$/;
    expect(paths(fields.filter(({ field }) => !camelCase.test(field.name)))).toEqual([]);
    expect(paths(givens.filter(({ given }) => !camelCase.test(given.name)))).toEqual([]);
  });

  it("of enum values are in CONSTANT_CASE", () => {
    expect(paths(enumValues.filter(({ name }) => !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(name)))).toEqual([]);
  });

  it("of inputs end with what they are for", () => {
    const inputs = types.filter((type) => type instanceof GraphQLInputObjectType).map(({ name }) => name);
    expect(inputs.filter((name) => !/(?:Input|Filter|OrderBy|Reference|Range|Entry)$/.test(name))).toEqual(
      [],
    );
  });
});

describe("values", () => {
  it("are never floats", () => {
    const isFloat = (type: GraphQLType): boolean => getNamedType(type).name === "Float";
    expect(paths(fields.filter(({ field }) => isFloat(field.type)))).toEqual([]);
    expect(paths(givens.filter(({ given }) => isFloat(given.type)))).toEqual([]);
  });

  it("named like instants are instants", () => {
    const instants = [
      ...fields.map(({ path, field }) => ({ path, name: field.name, type: getNamedType(field.type).name })),
      ...givens.map(({ path, given }) => ({ path, name: given.name, type: getNamedType(given.type).name })),
    ].filter(({ name }) => /(?:At|timestamp)$/.test(name));
    expect(instants.length).toBeGreaterThan(30);
    expect(instants.filter(({ type }) => !type.startsWith("DateTime"))).toEqual([]);
  });

  it("named status are enums", () => {
    const states = fields.filter(({ field }) => field.name === "status");
    expect(paths(states.filter(({ field }) => !isEnumType(getNamedType(field.type))))).toEqual([]);
  });

  it("that are ids are IDs", () => {
    const ids = fields.filter(({ field }) => field.name === "id");
    expect(ids.map(({ path, field }) => [path, String(field.type)])).toEqual(
      ids.map(({ path }) => [path, "ID!"]),
    );
  });
});

describe("entities", () => {
  const node = schema.getType("Node");

  it("are Nodes, and all Nodes are entities", () => {
    const nodes = types.filter(
      (type) => "getInterfaces" in type && type.getInterfaces().includes(node as never),
    );
    expect(nodes.map(({ name }) => name).toSorted()).toEqual([...entities].toSorted());
  });

  it("come in connections, not in bare lists", () => {
    const lists = fields.filter(({ field }) => isList(field.type) && entityOf(field.type, entities) !== null);
    const allowed = /Connection\.nodes$|Payload\./;
    expect(lists.length).toBeGreaterThan(10);
    expect(paths(lists).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("under the root can be missing", () => {
    const root = fields.filter(({ parent }) => parent === schema.getQueryType());
    const reading = root.filter(({ field }) => entityOf(field.type, entities));
    expect(reading.length).toBeGreaterThan(10);
    expect(paths(reading.filter(({ field }) => field.type instanceof GraphQLNonNull))).toEqual([]);
  });
});

describe("connections", () => {
  const connections = types.filter(({ name }) => name.endsWith("Connection")) as GraphQLObjectType[];

  it("have nodes, edges, pageInfo and counts", () => {
    for (const connection of connections) {
      const of = connection.name.replace(/Connection$/, "");
      const shape = Object.entries(connection.getFields()).map(([name, { type }]) => [name, String(type)]);
      expect(Object.fromEntries(shape)).toEqual({
        nodes: `[${of}!]!`,
        edges: `[${of}Edge!]!`,
        pageInfo: "PageInfo!",
        totalCount: "Int!",
        countUpTo: "Int!",
      });
    }
  });

  it("are asked for with first, after, last, before, filter and orderBy", () => {
    const lists = fields.filter(({ field }) => getNamedType(field.type).name.endsWith("Connection"));
    expect(lists.length).toBeGreaterThan(70);
    for (const { path, field } of lists) {
      const of = getNamedType(field.type).name.replace(/Connection$/, "");
      const { orderBy, ...args } = Object.fromEntries(
        field.args.map(({ name, type }) => [name, String(type)]),
      );
      expect({ path, args }).toEqual({
        path,
        args: { first: "Int", after: "String", last: "Int", before: "String", filter: `${of}Filter` },
      });
      // Where a list is long, it has those orders only that an index is there for.
      expect([`${of}OrderBy`, `${of}TimeOrderBy`]).toContain(orderBy);
    }
  });
});

describe.each(mutations.map(({ field }) => [field.name, field] as const))("%s", (name, field) => {
  const capitalized = name.replace(/^./, (letter) => letter.toUpperCase());

  it("takes one input of its own", () => {
    expect(field.args.map((arg) => [arg.name, String(arg.type)])).toEqual([
      ["input", `${capitalized}Input!`],
    ]);
  });

  it("answers with a payload of its own that has userErrors", () => {
    expect(String(field.type)).toBe(`${capitalized}Payload`);
    const { userErrors } = (field.type as GraphQLObjectType).getFields();
    expect(String(userErrors?.type)).toBe("[UserError!]!");
  });
});
