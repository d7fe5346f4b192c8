import { type GraphQLArgument, type GraphQLField, getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insertOneOfEach } from "../reads/fixtures.ts";
import { ask, expectCoded, shoot } from "./attack.ts";
import {
  type Stranger,
  expectNothingOf,
  newStranger,
  rowsOf,
  source,
  strangersExternalId,
} from "./strangers.ts";
import { type Filler, callOf, fillAll, placesOf, selectionOf, valueWith } from "./walk.ts";

const schema = buildSchema();

let api: TestApi;
let stranger: Stranger;
/** The API's own rows by the name of their type. */
let own: Readonly<Record<string, string>>;
let before: unknown;
beforeAll(async () => {
  api = await startApi();
  stranger = await newStranger(api);
  const ids = await insertOneOfEach(api);
  own = {
    Customer: ids.customerId,
    Product: ids.productId,
    Price: ids.priceId,
    Meter: ids.meterId,
    Subscription: ids.subscriptionId,
    SubscriptionItem: ids.itemId,
    Invoice: ids.invoiceId,
    InvoiceLine: ids.lineId,
    UsageEvent: ids.eventId,
  };
  before = await rowsOf(api, stranger);
});
afterAll(() => api.close());

interface Probe {
  readonly name: string;
  readonly argument: GraphQLArgument;
  readonly place: readonly string[];
  /** The document, whose variables are the arguments by their names. */
  readonly query: string;
  readonly required: readonly GraphQLArgument[];
  /** The type whose row the field is asked of; undefined for root fields. */
  readonly parent: string | undefined;
}

/** Places that take ids or texts: whatever could name something of another merchant. */
function probesOf(
  field: GraphQLField<unknown, unknown>,
  parent: string | undefined,
  document: (names: readonly string[]) => string,
): Probe[] {
  return field.args.flatMap((argument) =>
    placesOf(argument.type)
      .filter(({ type }) => ["ID", "String"].includes(getNamedType(type).name))
      .map(({ path }) => {
        const required = field.args.filter((one) => one !== argument && String(one.type).endsWith("!"));
        return {
          name: `${parent ?? ""}.${field.name}(${[argument.name, ...path].join(".")})`,
          argument,
          place: path,
          query: document([argument.name, ...required.map(({ name }) => name)]),
          required,
          parent,
        };
      }),
  );
}

const rootProbes = (["query", "mutation"] as const).flatMap((kind) => {
  const root = kind === "query" ? schema.getQueryType() : schema.getMutationType();
  return Object.values(root?.getFields() ?? {}).flatMap((field) =>
    probesOf(field, undefined, (names) => callOf(kind, field, names, 3)),
  );
});

const nestedProbes = entityNames().flatMap((name) => {
  const type = schema.getType(name);
  return Object.values(isObjectType(type) ? type.getFields() : {}).flatMap((field) =>
    probesOf(field, name, (names) => {
      const args = field.args.filter((one) => names.includes(one.name));
      const declared = args.map((one) => `, $${one.name}: ${String(one.type)}`).join("");
      const given = args.map((one) => `${one.name}: $${one.name}`).join(", ");
      const selection = selectionOf(getNamedType(field.type), 2);
      return `query ($own: ID!${declared}) { node(id: $own) { __typename ... on ${name} { ${field.name}(${given}) ${selection} } } }`;
    }),
  );
});

/** The API has no own rows of these. */
const without = new Set<string | undefined>(["ExternalId", "IntegrationMapping"]);

const probes = [...rootProbes, ...nestedProbes].filter(({ parent }) => !without.has(parent));

const fill: Filler = (path, type) => {
  const name = path.at(-1) ?? "";
  if (name === "email") return `${newId()}@example.org`;
  if (name === "source") return source;
  if (name === "externalId") return newId();
  if (getNamedType(type).name === "CustomerReference") return { id: own["Customer"] };
  return undefined;
};

/** Sends a probe, expects nothing of the stranger's in the answer, and gives what it tells, whichever thing was named. */
async function expectNothingTold(
  { argument, place, query, required, parent }: Probe,
  value: string,
): Promise<string> {
  const variables = {
    ...(parent && { own: own[parent] }),
    ...Object.fromEntries(required.map((one) => [one.name, fillAll(one.type, fill, [one.name])])),
    [argument.name]: valueWith(argument.type, place, value, fill, [argument.name]),
  };
  const hit = await shoot(api, { body: ask(query, variables) });
  expectCoded(hit);
  expectNothingOf(stranger, hit);
  const sorts = hit.errors.map(({ message, path, extensions: { code } }) => ({ message, path, code }));
  return JSON.stringify({ data: hit.data, errors: sorts }).replaceAll(value, "<named>");
}

describe("what another merchant has", () => {
  it("is asked for wherever something can be named", () => {
    expect(probes.length).toBeGreaterThan(100);
    expect(nestedProbes.length).toBeGreaterThan(20);
  });

  it("would be noticed", async () => {
    const connection = (fields: string) => `{ __typename nodes { __typename ${fields} } }`;
    const queries = [`{ __typename customers ${connection("id")} }`, `{ products ${connection("name")} }`];
    for (const query of queries) {
      const hit = await shoot(api, { body: ask(query), headers: { "x-api-key": stranger.key } });
      expect(() => expectNothingOf(stranger, hit)).toThrow("expected");
    }
  });

  const isRead = ({ query }: Probe) => query.startsWith("query");
  it.each(probes.filter(isRead))("cannot be told from nothing by $name", async (probe) => {
    const nothing = await expectNothingTold(probe, newId());
    for (const value of Object.values(stranger.ids))
      expect(await expectNothingTold(probe, value)).toBe(nothing);
  });

  it.each(probes)("cannot be reached by $name", async (probe) => {
    for (const value of [...Object.values(stranger.ids), stranger.cursor, strangersExternalId]) {
      await expectNothingTold(probe, value);
    }
  });

  it.each(["archiveCustomer", "restoreCustomer", "updateCustomer"])(
    "cannot be told from nothing by %s",
    async (name) => {
      const query = `mutation ($id: ID!) { ${name}(input: { customer: { id: $id } }) { customer { id } userErrors { code message path } } }`;
      const answers = [newId(), ...Object.values(stranger.ids)].map(async (id) => {
        const { data } = await shoot(api, { body: ask(query, { id }) });
        return JSON.stringify(data).replaceAll(id, "<named>");
      });
      const [nothing, ...others] = await Promise.all(answers);
      expect(new Set(others)).toEqual(new Set([nothing]));
      expect(nothing).toContain('"NOT_FOUND"');
    },
  );

  it("is as it was", async () => {
    expect(await rowsOf(api, stranger)).toEqual(before);
  });
});
