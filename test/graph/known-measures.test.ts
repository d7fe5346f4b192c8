import { getOperationAST, parse } from "graphql";
import { expect, it } from "vitest";
import { measurer } from "../../src/graph/known-measures.ts";
import { measure } from "../../src/graph/measure.ts";
import { buildSchema } from "../../src/graph/schema.ts";

const schema = buildSchema();
const largest = 100;
const document = parse(`query Q($first: Int = 7, $ids: [ID!]!, $id: ID!, $on: Boolean = true, $more: Int) {
  invoices(first: 9) @include(if: $on) { nodes { id lines(first: $more) { nodes { id } } } }
  customers(first: $first) { nodes { id invoices(last: 3) { nodes { id } } } }
  nodes(ids: $ids) { id }
  customer(id: $id) { id }
}`);
const operation = getOperationAST(document, null)!;

it("a measure that is known is the one that would be made", () => {
  const measureOf = measurer(schema, largest);
  const given = [
    { first: 1, ids: ["a"], id: "a" },
    { first: 1, ids: ["b"], id: "b" },
    { first: 1, ids: ["a", "b"], id: "a" },
    { first: 50, ids: ["a"], id: "a" },
    { ids: ["a"], id: "a" },
    { first: null, ids: ["a"], id: "a" },
    { first: 0, ids: [], id: "a" },
    { first: 101, ids: [], id: "a" },
    { first: "1", ids: "a", id: "a" },
    { first: { toString: 1 }, ids: { length: 9 }, id: "a" },
    { first: 1, ids: ["a"], id: "a", on: false },
    { first: 1, ids: ["a"], id: "a", on: false, more: 3 },
    { first: 1, ids: ["a"], id: "a", on: true, more: 3 },
    { first: 1, ids: ["a"], id: "a", on: true, more: 4 },
    { first: [1], ids: [["a"]], id: "a" },
    { first: [2], ids: [["a"]], id: "a" },
  ];
  for (const variables of [...given, ...given]) {
    const made = measure(schema, document, operation, variables, largest);
    expect([variables, measureOf(document, operation, variables)]).toEqual([variables, made]);
  }
  const [one, same, other] = given.map((variables) => measureOf(document, operation, variables));
  expect(same).toBe(one);
  expect(other).not.toBe(one);
});
