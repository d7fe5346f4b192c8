import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSchema } from "../../src/graph/schema.ts";
import { type Answer, type TestApi, startApi } from "../kit/api.ts";
import { insert, insertOneOfEach } from "../reads/fixtures.ts";
import { type ListPlace, least, listPlaces, valueWith } from "./input-lists.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const schema = buildSchema();
let api: TestApi;
const idByType = new Map<string, string>();

beforeAll(async () => {
  api = await startApi();
  const ids = Object.values(await insertOneOfEach(api)).flat();
  const { data } = await api.query("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", { ids });
  for (const node of data.nodes) if (node) idByType.set(node.__typename, node.id);
});
afterAll(() => api.close());

/** More than any list may have. */
const tooMany = 1_001;

const roots: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);
const places = listPlaces(schema);
const elements = [...new Set(places.map(({ element }) => element))];

/** What is asked of a field that gives `type`: its errors where it tells them, else whatever is smallest. */
function selectionOf(type: GraphQLNamedType, levels = 2): string {
  if (isLeafType(type) || !isObjectType(type)) return isLeafType(type) ? "" : "{ __typename }";
  const fields = type.getFields();
  const errors = fields["userErrors"] ? "userErrors { message path }" : "";
  const results =
    fields["results"] && levels
      ? `results ${selectionOf(getNamedType(fields["results"].type as GraphQLOutputType), levels - 1)}`
      : "";
  return `{ __typename ${errors} ${results} }`;
}

async function ask({ parent, field, argument, path }: ListPlace): Promise<Answer> {
  const definition = (schema.getType(parent) as any).getFields()[field];
  const others = definition.args.filter(
    (one: any) => one !== argument && String(one.type).endsWith("!") && one.defaultValue === undefined,
  );
  const all = [argument, ...others];
  const given = all.map(({ name }) => `${name}: $${name}`).join(", ");
  const declared = all.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const variables = Object.fromEntries(
    all.map((one) => [one.name, one === argument ? valueWith(one.type, path, tooMany) : least(one.type)]),
  );
  const asked = `${field}(${given}) ${selectionOf(getNamedType(definition.type as GraphQLOutputType))}`;
  if (parent === "Mutation") return api.graphql(`mutation (${declared}) { ${asked} }`, variables);
  if (parent === "Query") return api.graphql(`query (${declared}) { ${asked} }`, variables);
  if (parent === "Subscription") return listen(`subscription (${declared}) { ${asked} }`, variables);
  const id = idByType.get(parent);
  return api.graphql(`query ($id: ID!, ${declared}) { node(id: $id) { ... on ${parent} { ${asked} } } }`, {
    ...variables,
    id,
  });
}

/** What a live stream says that cannot be opened. */
async function listen(query: string, variables: object): Promise<Answer> {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", "x-api-key": api.key },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(10_000),
  });
  const [, told = "{}"] = /data: (\{.*\})/.exec(await response.text()) ?? [];
  return JSON.parse(told);
}

/** All that an answer says is wrong: in its errors, and in those of payloads and their rows. */
function complaints(answer: Answer): string[] {
  const found = (answer.errors ?? []).map(({ message }) => message);
  JSON.stringify(answer.data ?? null, (key, value) => {
    if (key === "userErrors")
      for (const { message, path } of value) found.push(`${path?.join(".")}: ${message}`);
    return value;
  });
  return found;
}

const isReachable = ({ parent }: ListPlace): boolean => roots.has(parent) || idByType.has(parent);

describe("a list in an input", () => {
  it("can be sent in many places", () => {
    expect(elements.length).toBeGreaterThan(60);
  });

  it.each(elements)("has an end: %s", async (element) => {
    const place = places.filter((one) => one.element === element).find(isReachable);
    expect(place).toBeDefined();
    const answer = await ask(place!);
    const said = complaints(answer);
    const name = place!.path.at(-1) ?? place!.argument.name;
    const bounded = said.filter((message) =>
      /at most|must have|must be \d+ to|has \d+ to|, not 1001|1 to \d+|no values|one value/.test(message),
    );
    expect([said, bounded.length]).not.toEqual([said, 0]);
    expect(bounded.join("\n")).toContain(name);
  });
});

describe("a filter by metadata", () => {
  const ask20 = (entries: readonly object[]) =>
    api.graphql(
      "query ($entries: [MetadataEntry!]!) { customers(filter: { metadata: $entries }) { nodes { name } } }",
      { entries },
    );
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v" }));

  it("has at most 20 entries, which are looked for at once", async () => {
    const metadata = Object.fromEntries(entries(20).map(({ key, value }) => [key, value]));
    await insert(api, "Customer", [{ name: "Tagged", metadata }]);
    api.statements.length = 0;
    expect((await ask20(entries(20))).data.customers.nodes).toEqual([{ name: "Tagged" }]);
    const statement = api.statements.find(({ text }) => text.includes("metadata"));
    expect(statement?.text.match(/@>/g)).toHaveLength(1);
    const refused = await ask20(entries(21));
    expect(refused.errors?.[0]).toMatchObject({
      message: expect.stringContaining("at most 20"),
      extensions: { code: "INVALID_REQUEST" },
    });
    expect(
      (
        await ask20([
          { key: "k0", value: "v" },
          { key: "k0", value: "w" },
        ])
      ).data.customers.nodes,
    ).toEqual([]);
  });
});
