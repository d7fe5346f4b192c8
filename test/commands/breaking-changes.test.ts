import { expect, test } from "vitest";
import { breakingChanges } from "../../src/commands/breaking-changes.ts";

const before = `
  type Query { customer(id: ID!): Customer customers(filter: Filter): [Customer!]! }
  type Customer { id: ID! name: String status: Status! nickname: String @deprecated(reason: "Use name.") }
  input Filter { name: String }
  enum Status { ACTIVE ARCHIVED }
`;

test.each([
  ["a field is removed", "name: String status", "status"],
  ["a field may become null", "status: Status!", "status: Status"],
  ["a field changes its type", "id: ID! name: String", "id: ID! name: Int"],
  ["an argument becomes required", "filter: Filter", "filter: Filter!"],
  ["an input field becomes required", "input Filter { name: String", "input Filter { name: String!"],
  ["a required input field is added", "input Filter {", "input Filter { email: String!"],
  ["an enum value is removed", " ARCHIVED", ""],
])("clients break when %s", async (_, from, to) => {
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  expect(await breakingChanges(before, after)).toHaveLength(1);
});

test.each([
  ["a field is added", "name: String status", "name: String email: String status"],
  ["an optional input field is added", "input Filter {", "input Filter { email: String"],
  ["an enum value is added", " ARCHIVED", " ARCHIVED PAUSED"],
  ["a field is never null any more", "name: String status", "name: String! status"],
  ["a deprecated field is removed", /nickname.*"\)/, ""],
])("clients go on when %s", async (_, from, to) => {
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  expect(await breakingChanges(before, after)).toEqual([]);
});
