import { type GraphQLArgument, type GraphQLField, getNamedType, isObjectType } from "graphql";
import { entityNames } from "../../src/graph/entities.ts";
import { buildSchema } from "../../src/graph/schema.ts";
import { newId } from "../../src/kit/ids.ts";
import type { TestApi } from "../kit/api.ts";
import { ask, expectCoded, shoot } from "./attack.ts";
import { type Stranger, expectNothingOf, source } from "./strangers.ts";
import { type Filler, callOf, fillAll, inTurn, placesOf, selectionOf, valueWith } from "./walk.ts";

const schema = buildSchema();

/** A place where a caller can name something. */
export interface Probe {
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

/** Merchants have no rows of these that a probe could start at. */
const without = new Set<string | undefined>(["ExternalId", "IntegrationMapping"]);

/** All places of the graph that take ids or texts. */
export const probes: readonly Probe[] = [...rootProbes, ...nestedProbes].filter(
  ({ parent }) => !without.has(parent),
);

/** Whether a probe only reads. */
export const isRead = ({ query }: Probe): boolean => query.startsWith("query");

/** What stands in a probe of `asker` where nothing else is said. */
function fillerOf({ rows }: Pick<Stranger, "rows">): Filler {
  return (path, type) => {
    const name = path.at(-1) ?? "";
    if (name === "email") return `${newId()}@example.org`;
    if (name === "source") return source;
    if (name === "externalId") return newId();
    if (getNamedType(type).name === "CustomerReference") return { id: rows["Customer"] };
    return undefined;
  };
}

/**
 * Sends a probe of one merchant that names something of another's, or nothing. Expects that nothing of the other's is in the
 * answer, and gives what it tells, whichever thing was named.
 */
export async function expectNothingTold(
  api: TestApi,
  [asker, stranger]: readonly [Stranger, Stranger],
  { argument, place, query, required, parent }: Probe,
  value: string,
): Promise<string> {
  const fill = fillerOf(asker);
  const variables = {
    ...(parent && { own: asker.rows[parent] }),
    ...Object.fromEntries(required.map((one) => [one.name, fillAll(one.type, fill, [one.name])])),
    [argument.name]: valueWith(argument.type, place, value, fill, [argument.name]),
  };
  const hit = await shoot(api, { body: ask(query, variables), headers: { "x-api-key": asker.key } });
  expectCoded(hit);
  expectNothingOf(stranger, hit);
  const sorts = hit.errors.map(({ message, path, extensions: { code } }) => ({ message, path, code }));
  return JSON.stringify({ data: hit.data, errors: sorts }).replaceAll(value, "<named>");
}

/** All by which one could name what a merchant has. */
export function namesOf({ ids, cursor, externalId }: Stranger): string[] {
  return [...Object.values(ids), cursor, externalId];
}

/**
 * Of the ids of a merchant's rows those that a place could well be for, by its name, and six others in turn: neighbours
 * in the list of probes get different ones, so that all are tried over and over, and the work grows with the places and not with their square.
 */
export function idsFor({ ids, rows }: Stranger, { name }: Probe): string[] {
  const place = name.toLowerCase();
  const fitting = Object.entries(rows).filter(([type]) => place.includes(type.toLowerCase()));
  const turn = probes.findIndex((probe) => probe.name === name);
  return [...new Set([...fitting.map(([, id]) => id), ...inTurn(Object.values(ids), turn, 6)])];
}
