import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { builder } from "../../src/graph/builder.ts";
import { ownershipOf } from "../../src/graph/ownership.ts";
import { buildSchema, buildSubgraph } from "../../src/graph/schema.ts";
import { type SubgraphName, subgraphNames } from "../../src/graph/subgraph-names.ts";

const whole = buildSchema();
const parts = new Map(subgraphNames.map((name) => [name, buildSubgraph(name)]));
const { entities } = ownershipOf(builder);

const fieldsOf = (schema: GraphQLSchema | undefined, name: string): GraphQLField<unknown, unknown>[] => {
  const type = schema?.getType(name);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
};

/** The subgraphs that have a field. */
const placesOf = (type: string, field: string): SubgraphName[] =>
  subgraphNames.filter((name) => fieldsOf(parts.get(name), type).some((one) => one.name === field));

/** Every field of a subgraph, with what it is a field of. */
const everyField = [...parts].flatMap(([subgraph, schema]) =>
  Object.keys(schema.getTypeMap()).flatMap((type) =>
    fieldsOf(schema, type).map((field) => ({ subgraph, type, field, name: `${type}.${field.name}` })),
  ),
);

describe("every domain has a subgraph: where one is missing, it has no line in graph/schema.ts", () => {
  it.each(["Query", "Mutation", "Subscription"])("each field of %s is in one subgraph", (root) => {
    const misplaced = fieldsOf(whole, root).filter(({ name }) => placesOf(root, name).length !== 1);
    expect(misplaced.map(({ name }) => `${root}.${name}: ${placesOf(root, name).join()}`)).toEqual([]);
  });

  it("each entity belongs to one, and each of its fields but the id is in one", () => {
    expect([...entities.keys()].toSorted()).toEqual([...entityNames()].toSorted());
    const misplaced = entityNames().flatMap((type) =>
      fieldsOf(whole, type).filter(({ name }) => name !== "id" && placesOf(type, name).length !== 1),
    );
    expect(misplaced.map(({ name }) => name)).toEqual([]);
  });

  it("each type is in one at least", () => {
    const served = new Set([...parts.values()].flatMap((schema) => Object.keys(schema.getTypeMap())));
    const types = Object.values(whole.getTypeMap()).filter((type) => !isSpecifiedScalarType(type));
    expect(types.map(({ name }) => name).filter((name) => !served.has(name))).toEqual([]);
  });

  it.each(subgraphNames)("%s has entities and queries", (name) => {
    expect([...entities.values()]).toContain(name);
    expect(fieldsOf(parts.get(name), "Query").length).toBeGreaterThan(2);
  });
});

describe("a subgraph that is away", () => {
  it("leaves null what others refer to in it", () => {
    const binding = everyField.filter(({ subgraph, type, field }) => {
      const owner = entities.get(getNamedType(field.type).name);
      if (owner === undefined || owner === subgraph || type === "_Entity") return false;
      return isNonNullType(field.type);
    });
    expect(binding.map(({ subgraph, name }) => `${subgraph}: ${name}`)).toEqual([]);
  });

  it("leaves null what it adds to the entities of others", () => {
    const binding = everyField.filter(({ subgraph, type, field }) => {
      const owner = entities.get(type);
      return owner !== undefined && owner !== subgraph && field.name !== "id" && isNonNullType(field.type);
    });
    expect(binding.map(({ subgraph, name }) => `${subgraph}: ${name}`)).toEqual([]);
  });
});

it("what a subgraph adds to the entities of others asks for a scope of its own", () => {
  const open = everyField.filter(({ subgraph, type, field }) => {
    const owner = entities.get(type);
    if (owner === undefined || owner === subgraph || field.name === "id") return false;
    const { authScopes } = (field.extensions["pothosOptions"] ?? {}) as { authScopes?: { scope?: string } };
    return authScopes?.scope === undefined;
  });
  expect(open.map(({ subgraph, name }) => `${subgraph}: ${name}`)).toEqual([]);
});

it("a subgraph knows of another's entities their ids only, and what it adds", () => {
  const { catalog, usage } = Object.fromEntries(parts);
  expect(
    fieldsOf(catalog, "Meter")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["id", "prices"]);
  expect(
    fieldsOf(usage, "Customer")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["id", "meters", "usage", "usageEvents", "usageSeries"]);
});
