import { type GraphQLInputType, getNamedType, isLeafType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";
import { ask, expectAlive, expectCoded, shoot } from "./attack.ts";
import { misshapen, nasty, unstorable } from "./nasty.ts";
import { type Filler, callOf, fillAll, inTurn, placesOf, valueWith } from "./walk.ts";

const schema = buildSchema();

let api: TestApi;
let ids: Awaited<ReturnType<typeof insertOneOfEach>>;
beforeAll(async () => {
  api = await startApi();
  ids = await insertOneOfEach(api);
});
afterAll(() => api.close());

/** What makes an input good but for the place that is under attack. */
const fill: Filler = (path, type) => {
  const name = path.at(-1) ?? "";
  if (name === "email" && !path.includes("filter")) return `${newId()}@example.org`;
  if (["externalId", "source", "idempotencyKey"].includes(name)) return newId();
  if (getNamedType(type).name === "CustomerReference") return { id: ids.customerId };
  if (name === "id") return ids.customerId;
  return undefined;
};

const isText = (type: GraphQLInputType) => ["String", "ID"].includes(getNamedType(type).name);

/** What cannot be stored, and a third of all else: the places take turns. */
function values(type: GraphQLInputType, turn: number): [string, unknown][] {
  const others: [string, unknown][] = [
    ...Object.entries(nasty).filter(
      ([what, text]) => !unstorable[what] && (text.length < 1_000 || isText(type)),
    ),
    ...(misshapen[getNamedType(type).name] ?? []).map((value): [string, unknown] => [
      JSON.stringify(value).slice(0, 60),
      value,
    ]),
  ];
  return [...Object.entries(unstorable), ...inTurn(others, turn, Math.ceil(others.length / 3))];
}

const roots = [
  ...Object.values(schema.getQueryType()?.getFields() ?? {}).map((field) => ({
    kind: "query" as const,
    field,
  })),
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => ({
    kind: "mutation" as const,
    field,
  })),
];

const places = roots.flatMap(({ kind, field }) =>
  field.args.flatMap((argument) =>
    placesOf(argument.type).map(({ path, type }) => ({
      name: `${field.name}(${[argument.name, ...path].join(".")})`,
      kind,
      field,
      argument,
      path,
      type,
    })),
  ),
);

describe("a nasty value at", () => {
  it("every place that callers can fill", () => {
    expect(places.length).toBeGreaterThan(150);
    expect(places.every(({ type }) => isLeafType(type))).toBe(true);
  });

  it.each(places)("$name is no fault of ours", async (place) => {
    const { kind, field, argument, path, type } = place;
    const required = field.args.filter((one) => one !== argument && String(one.type).endsWith("!"));
    const query = callOf(kind, field, [argument.name, ...required.map(({ name }) => name)], 2);
    const shots = values(type, places.indexOf(place)).map(async ([what, value]) => {
      const variables = {
        ...Object.fromEntries(required.map((one) => [one.name, fillAll(one.type, fill, [one.name])])),
        [argument.name]: valueWith(argument.type, path, value, fill, [argument.name]),
      };
      const hit = await shoot(api, { body: ask(query, variables) });
      expectCoded(hit);
      const refusal = /"code":"[A-Z_]+"|"outcome":"(?:FAILED|SKIPPED)"/;
      return { what, refused: hit.errors.length > 0 || refusal.test(hit.text) };
    });
    const taken = (await Promise.all(shots)).filter(({ refused }) => !refused);
    // What cannot be stored is refused, at the top or in the payload.
    const bad = kind === "mutation" && isText(type) ? Object.keys(unstorable) : [];
    expect(taken.filter(({ what }) => bad.includes(what))).toEqual([]);
    await expectAlive(api);
  });
});

describe("a nasty cursor", () => {
  it.each(Object.entries(nasty))("of %s is refused", async (_name, text) => {
    const inner = (value: unknown) =>
      Buffer.from(JSON.stringify(["CREATED_AT", value, newId()])).toString("base64url");
    const named = Buffer.from(JSON.stringify(["NAME", text, newId()])).toString("base64url");
    const query =
      "query ($after: String, $order: CustomerOrderBy) { customers(after: $after, orderBy: $order) { totalCount nodes { id } } }";
    for (const after of [text, inner(text), inner(1), inner({ a: text })]) {
      const hit = await shoot(api, { body: ask(query, { after }) });
      expectCoded(hit);
      expect(hit.errors).not.toEqual([]);
    }
    expectCoded(await shoot(api, { body: ask(query, { after: named, order: { field: "NAME" } }) }));
    await expectAlive(api);
  });
});
