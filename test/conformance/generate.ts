import fc from "fast-check";
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { misshapen, nasty } from "./nasty.ts";

/** Draws values that fast-check makes, and makes simpler when a test fails. */
export type Draw = fc.GeneratorValue;

/** A request that a test made up. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Texts that mean something to the API under test: ids, cursors, own ids, e-mail addresses. */
export type Known = readonly string[];

/** Makes up an operation over `schema`, mostly a valid one: random fields, arguments and values. */
export function drawOperation(
  draw: Draw,
  schema: GraphQLSchema,
  known: Known,
  mutationsPercent = 25,
): Operation {
  const kind = chance(draw, mutationsPercent) ? "mutation" : "query";
  const root = kind === "mutation" ? schema.getMutationType() : schema.getQueryType();
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  let count = 0;

  const aliasOf = () => (chance(draw, 10) ? `f${count++}: ` : "");
  const argumentsOf = (field: GraphQLField<unknown, unknown>): string => {
    const given = field.args.flatMap(({ name, type }) => {
      if (!isNonNullType(type) && !chance(draw, 40)) return [];
      const variable = `v${count++}`;
      declared.push(`$${variable}: ${String(type)}`);
      variables[variable] = drawValue(draw, type, known, 0);
      return [`${name}: $${variable}`];
    });
    return given.length ? `(${given.join(", ")})` : "";
  };
  const selectionOf = (type: GraphQLNamedType, levels: number): string => {
    if (!isCompositeType(type)) return "";
    const parts = ["__typename"];
    const own = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    for (const field of some(draw, own, 5)) {
      const named = getNamedType(field.type);
      if (isCompositeType(named) && levels === 0) continue;
      parts.push(`${aliasOf()}${field.name}${argumentsOf(field)} ${selectionOf(named, levels - 1)}`);
    }
    if (isInterfaceType(type)) {
      for (const one of some(draw, schema.getPossibleTypes(type), 2)) {
        parts.push(`... on ${one.name} ${selectionOf(one, levels - 1 < 0 ? 0 : levels - 1)}`);
      }
    }
    return `{ ${parts.join(" ")} }`;
  };

  const fields = some(draw, Object.values((root as GraphQLObjectType).getFields()), 3).map(
    (field) =>
      `${aliasOf()}${field.name}${argumentsOf(field)} ${selectionOf(getNamedType(field.type), draw(fc.nat, { max: 5 }))}`,
  );
  const text = `${kind} q${declared.length ? `(${declared.join(", ")})` : ""} { ${["__typename", ...fields].join(" ")} }`;
  return { query: chance(draw, 8) ? damaged(draw, text) : text, variables };
}

/** A value for `type`: mostly a good one, at times null, a nasty text or one of another form. */
export function drawValue(draw: Draw, type: GraphQLInputType, known: Known, levels: number): unknown {
  if (!isNonNullType(type) && chance(draw, 8)) return null;
  const inner = (isNonNullType(type) ? type.ofType : type) as GraphQLInputType;
  if (isListType(inner)) {
    const length = draw(fc.nat, { max: 3 });
    return Array.from({ length }, () => drawValue(draw, inner.ofType as GraphQLInputType, known, levels));
  }
  if (isInputObjectType(inner)) {
    const all = Object.values(inner.getFields());
    const given =
      inner.isOneOf && chance(draw, 95)
        ? [pick(draw, all)]
        : all.filter((field) => isNonNullType(field.type) || chance(draw, levels < 3 ? 30 : 0));
    return Object.fromEntries(
      given.map((field) => [field.name, drawValue(draw, field.type, known, levels + 1)]),
    );
  }
  if (isEnumType(inner)) {
    return chance(draw, 97) ? pick(draw, inner.getValues()).name : "NOPE";
  }
  return drawScalar(draw, inner.name, known);
}

const good: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
  Int: () => fc.integer({ min: 1, max: 10 }),
  SafeInt: () => fc.maxSafeInteger(),
  Boolean: () => fc.boolean(),
  Currency: () => fc.constantFrom("USD", "eur", "JPY", "XXX"),
  Decimal: () => fc.constantFrom("0", "-1.5", "0.000125", "99999999999999999999999999.999999999999"),
  DateTime: () => fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  JSONObject: () =>
    fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
};

function drawScalar(draw: Draw, name: string, known: Known): unknown {
  const way = draw(fc.nat, { max: 99 });
  const texts = Object.values(nasty).filter((text) => text.length < 10_000);
  if (way < 5) return pick(draw, misshapen[name] ?? texts);
  if (way < 10) return pick(draw, texts);
  const arbitrary = good[name];
  if (arbitrary) return draw(arbitrary);
  if (way < 70) return pick(draw, known);
  return way < 85 ? draw(fc.uuid) : draw(() => fc.string({ unit: "binary" }));
}

function chance(draw: Draw, percent: number): boolean {
  return draw(fc.nat, { max: 99 }) >= 100 - percent;
}

/** Some of these. Places are drawn, not values: they are what a failure shows. */
function some<T>(draw: Draw, from: readonly T[], most: number): T[] {
  const places = from.map((_, index) => index);
  const maxLength = Math.min(most, from.length);
  const chosen = from.length ? draw(fc.subarray<number>, places, { minLength: 1, maxLength }) : [];
  return chosen.flatMap((index) => from.slice(index, index + 1));
}

function pick<T>(draw: Draw, from: readonly T[]): T {
  return from[draw(fc.nat, { max: from.length - 1 })] as T;
}

/** The same text with a part of it gone, doubled or replaced. */
function damaged(draw: Draw, text: string): string {
  const at = draw(fc.nat, { max: text.length });
  const length = draw(fc.nat, { max: 10 });
  const put = draw(() =>
    fc.constantFrom("", "{", "}", "...", "@skip", '"', "\u0000", "(", "$", "é", text.slice(at, at + length)),
  );
  return text.slice(0, at) + put + text.slice(at + length);
}
