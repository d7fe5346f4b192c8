import {
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "./fixtures.ts";
import { observe } from "./statements.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await insertOneOfEach(api);
});
afterAll(() => api.close());

const schema = buildSchema();

/** What to ask of a value: its leaves, and those below. */
function leavesOf(returned: GraphQLOutputType, levels: number): string {
  const type = getNamedType(returned);
  if (!isCompositeType(type)) return "";
  if (levels === 0 || !(isObjectType(type) || isInterfaceType(type))) return "{ __typename }";
  const fields = Object.values(type.getFields()).filter(
    (field) =>
      !field.args.some(isRequiredArgument) && (levels > 1 || !isCompositeType(getNamedType(field.type))),
  );
  return `{ ${fields.map((field) => `${field.name} ${leavesOf(field.type, levels - 1)}`).join(" ")} __typename }`;
}

const lists = Object.values(schema.getQueryType()!.getFields()).flatMap(({ name, type }) => {
  const connection = getNamedType(type);
  if (!connection.name.endsWith("Connection")) return [];
  const model = entityNames().find((one) => `${one}Connection` === connection.name);
  return model ? [{ name, model }] : [];
});

describe("a field of a row tells the same when it is asked for alone as on the whole row", () => {
  it.each(lists)("$name", async ({ name, model }) => {
    const type = schema.getType(model);
    if (!isObjectType(type)) throw new Error(`${model} is no type of objects`);
    for (const field of Object.values(type.getFields())) {
      if (field.args.some(isRequiredArgument)) continue;
      const asked = `${field.name} ${leavesOf(field.type, 2)}`;
      const alone = await api.query(
        `{ ${name}(first: 1) { nodes { ${asked} } edges { cursor node { id } } } }`,
      );
      const [{ node }] = alone.data[name].edges;
      const whole = await api.query(`{ node(id: "${node.id}") { ... on ${model} { ${asked} } } }`);
      expect(alone.data[name].nodes[0]).toEqual(whole.data.node);
    }
  });
});

describe("columns", () => {
  it("are read that are asked for, in fragments too, and no others", async () => {
    const { statements } = await observe(
      api,
      "{ invoices { nodes { ...F } edges { node { ... on Node { id } dueAt } } } } fragment F on Invoice { number total { amount } }",
    );
    const { text = "" } = statements[0] ?? {};
    for (const column of ["id", "number", "total", "currency", "due_at", "created_at"])
      expect(text).toContain(`t."${column}"`);
    for (const column of ["metadata", "notes", "subtotal", "updated_at"]) expect(text).not.toContain(column);
  });

  it("are read that the pages below need of their parents", async () => {
    const { data } = await api.query(
      "{ invoices { nodes { lines { nodes { amount { amount currency } } } } } }",
    );
    expect(data.invoices.nodes[0].lines.nodes).toEqual([{ amount: { amount: 100, currency: "USD" } }]);
  });
});
