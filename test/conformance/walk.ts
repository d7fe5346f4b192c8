import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";

/** The fields of an answer of `type` down to so many levels of objects: `{ id total { amount } }`; empty for leaves. */
export function selectionOf(type: GraphQLNamedType, levels: number): string {
  if (isLeafType(type)) return "";
  if (isAbstractType(type)) return fieldsOf(type as unknown as GraphQLObjectType, 0);
  return isObjectType(type) ? fieldsOf(type, levels) : "";
}

function fieldsOf(type: GraphQLObjectType, levels: number): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    if (field.args.some(isRequiredArgument)) return [];
    if (isLeafType(named)) return [field.name];
    if (levels === 0 || field.args.length) return [];
    return [`${field.name} ${selectionOf(named, levels - 1)}`];
  });
  return `{ __typename ${fields.join(" ")} }`;
}

/** A place in an argument where a caller can put a value: its path from the argument on, and its type. */
export interface Place {
  readonly path: readonly string[];
  readonly type: GraphQLInputType;
}

/** All places in an argument of `type` that take a scalar or an enum value. Lists are entered at their entry 0. */
export function placesOf(type: GraphQLInputType, path: readonly string[] = []): Place[] {
  const inner = getNullableType(type) as GraphQLInputType;
  if (isListType(inner)) return placesOf(inner.ofType as GraphQLInputType, [...path, "0"]);
  if (!isInputObjectType(inner)) return [{ path, type: inner }];
  return Object.values(inner.getFields()).flatMap((field) => placesOf(field.type, [...path, field.name]));
}

/** What stands at a place when nothing else is said; `path` ends with the name of the field. */
export type Filler = (path: readonly string[], type: GraphQLInputType) => unknown;

/** A value of `type` that has `value` at `place`, and what `fill` gives wherever else something is required. */
export function valueWith(
  type: GraphQLInputType,
  place: readonly string[],
  value: unknown,
  fill: Filler,
  path: readonly string[] = [],
): unknown {
  const inner = getNullableType(type) as GraphQLInputType;
  const [next, ...rest] = place;
  if (next === undefined) return value;
  if (isListType(inner))
    return [valueWith(inner.ofType as GraphQLInputType, rest, value, fill, [...path, "0"])];
  if (!isInputObjectType(inner)) return value;
  const fields = Object.values(inner.getFields()).flatMap((field) => {
    const here = [...path, field.name];
    if (field.name === next) return [[field.name, valueWith(field.type, rest, value, fill, here)]];
    if (inner.isOneOf) return [];
    const filled = fill(here, field.type);
    if (filled !== undefined) return [[field.name, filled]];
    return isRequiredInputField(field) ? [[field.name, fillAll(field.type, fill, here)]] : [];
  });
  return Object.fromEntries(fields) as unknown;
}

/** The least that `type` takes, by `fill`. */
export function fillAll(type: GraphQLInputType, fill: Filler, path: readonly string[]): unknown {
  const filled = fill(path, type);
  if (filled !== undefined) return filled;
  const inner = getNullableType(type) as GraphQLInputType;
  if (isListType(inner)) return [fillAll(inner.ofType as GraphQLInputType, fill, [...path, "0"])];
  if (!isInputObjectType(inner)) return "x";
  const all = Object.values(inner.getFields());
  const given = inner.isOneOf
    ? all.slice(0, 1)
    : all.filter(
        (field) => isRequiredInputField(field) || fill([...path, field.name], field.type) !== undefined,
      );
  return Object.fromEntries(
    given.map((field) => [field.name, fillAll(field.type, fill, [...path, field.name])]),
  );
}

/** A document that calls one root field with all of its arguments as variables of their names. */
export function callOf(
  operation: "query" | "mutation",
  field: GraphQLField<unknown, unknown>,
  argumentNames: readonly string[],
  levels = 1,
): string {
  const args = field.args.filter(({ name }) => argumentNames.includes(name));
  const variables = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const given = args.map(({ name }) => `${name}: $${name}`).join(", ");
  const selection = selectionOf(getNamedType(field.type), levels);
  return `${operation}${variables && ` (${variables})`} { ${field.name}${given && `(${given})`} ${selection} }`;
}

/** `count` of `values` for the one at `index` of a list, so that neighbours get different ones and all get their turn. */
export function inTurn<Value>(values: readonly Value[], index: number, count: number): Value[] {
  const length = Math.min(count, values.length);
  return Array.from({ length }, (_, step) => values[(index * length + step) % values.length]!);
}
