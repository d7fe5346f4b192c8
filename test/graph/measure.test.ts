import { getIntrospectionQuery, getOperationAST, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { measure } from "../../src/graph/measure.ts";
import { buildSchema } from "../../src/graph/schema.ts";

const schema = buildSchema();

function measureOf(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  return measure(schema, document, getOperationAST(document)!, variables, 100);
}

describe("introspection", () => {
  it("costs by how many types, fields and arguments there are", () => {
    const types = Object.keys(schema.getTypeMap()).length;
    expect(measureOf("{ __schema { types { name } } }").cost).toBe(Math.ceil((types + 1) / 20));
    const { cost } = measureOf(getIntrospectionQuery());
    expect(cost).toBeGreaterThan(1_000);
    expect(cost).toBeLessThan(100_000);
  });

  it("costs more for each alias and each level, which are counted like all others", () => {
    const fields = "fields { name args { name } }";
    const one = measureOf(`{ __schema { types { ${fields} } } }`);
    const aliases = Array.from({ length: 40 }, (_, index) => `a${index}: ${fields}`).join(" ");
    const many = measureOf(`{ __schema { types { ${aliases} } } }`);
    expect(many.cost).toBeGreaterThan(35 * one.cost);
    expect(many.aliases).toBe(40);
    expect(many.depth).toBe(5);
    const nested =
      "fields { type { fields { type { fields { type { fields { type { fields { name } } } } } } } } }";
    expect(measureOf(`{ __schema { types { ${nested} } } }`).cost).toBeGreaterThan(100_000);
  });
});

describe("what variables leave out", () => {
  const text = `query ($on: Boolean!, $first: Int) {
    customers(first: 2) { nodes { id ...more @include(if: $on) ... @skip(if: $on) { createdAt } } }
    a: invoices @include(if: $on) { nodes { id } }
  } fragment more on Customer { b: invoices(first: $first) { c: nodes { id } } }`;

  it("costs nothing, and is no alias, level or field of the root", () => {
    expect(measureOf(text, { on: false, first: 5 })).toMatchObject({
      cost: 3,
      depth: 3,
      aliases: 0,
      rootFields: 1,
      directives: 3,
    });
    expect(measureOf(text, { on: true, first: 5 })).toMatchObject({
      cost: 1 + 2 * (1 + 1 + 5) + 26,
      depth: 5,
      aliases: 3,
      rootFields: 2,
    });
  });
});

describe("a span that ends with the month", () => {
  const text = `query ($from: DateTime) { meter(id: "a") { usageSeries(from: $from, window: DAY) { group } } }`;

  it("is measured again each time", () => {
    expect(measureOf(text, { from: "2025-01-01T00:00:00Z" }).passing).toBe(true);
    expect(measureOf(text).passing).toBe(false);
  });
});
