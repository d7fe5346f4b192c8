import fc from "fast-check";
import { type OperationDefinitionNode, buildSchema, getVariableValues, parse } from "graphql";
import { expect, it } from "vitest";
import { variableReader } from "../../src/graph/execution/variables.ts";

const schema = buildSchema(`
  enum Color { RED BLUE }
  input Tree { name: String!, color: Color = RED, inner: [Tree!], grid: [[Int]], which: Which, count: Int! = 2 }
  input Which @oneOf { id: ID, other: Tree }
  type Query { field(tree: Tree, trees: [Tree!]!, which: Which, color: Color!): Int }
`);

const { definitions } = parse(
  `query ($tree: Tree, $trees: [Tree!]!, $which: Which = { id: "x" }, $color: Color! = BLUE, $no: [Int!]) {
    field(tree: $tree, trees: $trees, which: $which, color: $color) }`,
);
const variables = (definitions[0] as OperationDefinitionNode).variableDefinitions ?? [];
const read = variableReader(schema, variables);

function expectSame(given: Record<string, unknown>): boolean {
  const expected = getVariableValues(schema, variables, given, { maxErrors: 50, hideSuggestions: true });
  const seen = read(given);
  expect(seen.errors?.map(String)).toEqual(expected.errors?.map(String));
  expect(seen.coerced).toEqual(expected.coerced);
  return !expected.errors;
}

const leaf = fc.constantFrom<unknown>(null, "RED", "BLUE", "a text", 1, 2.5, "", true, [], {});
const { tree } = fc.letrec((tie) => ({
  tree: fc.record(
    {
      name: fc.oneof({ arbitrary: fc.constant("a name"), weight: 9 }, leaf),
      color: fc.constantFrom("RED", "BLUE", null, "GREEN"),
      inner: fc.oneof({ maxDepth: 2 }, leaf, fc.array(tie("tree"), { maxLength: 2 }), tie("tree")),
      grid: fc.oneof(fc.constantFrom<unknown>([[1], null, [null, 2]], [], 7, [[1.5]]), leaf),
      which: fc.oneof({ maxDepth: 2 }, leaf, fc.record({ id: leaf }), fc.record({ other: tie("tree") })),
      count: fc.constantFrom(1, 0, null, "2"),
      unknown: leaf,
    },
    { requiredKeys: [] },
  ),
}));

it("reads variables as graphql-js does, and says of wrong ones what it says", () => {
  const seen = { good: 0, bad: 0 };
  const sent = fc.record(
    {
      tree,
      trees: fc.array(tree, { maxLength: 2 }),
      which: fc.oneof(fc.record({ id: fc.constantFrom("x", 1, null) }), leaf),
      color: fc.constantFrom("RED", null, "GREEN"),
      no: leaf,
      unknown: leaf,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(sent, (given) => {
      if (expectSame(given)) seen.good++;
      else seen.bad++;
    }),
    { numRuns: 300 },
  );
  const good = { name: "n", inner: { name: "m", which: { id: 3 } }, grid: [[1, null]], color: null };
  expect(expectSame({ trees: good, tree: { ...good, which: { other: good } } })).toBe(true);
  expect(expectSame({ trees: [{ ...good, unknown: null }] })).toBe(false);
  expect(seen.bad).toBeGreaterThan(0);
});
