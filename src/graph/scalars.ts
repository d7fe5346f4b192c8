import { GraphQLScalarType, type ValueNode, valueFromASTUntyped } from "graphql";
import { GraphQLJSONObject, GraphQLSafeInt } from "graphql-scalars";
import { currencies } from "../kit/currency.ts";
import { parseInstant } from "../kit/instant.ts";
import { Unreadable } from "../kit/unreadable.ts";
import { type ShortWriter, quote, writes } from "./execution/leaf.ts";

interface Decimal {
  toFixed(): string;
}

/** What resolvers give and get for each scalar. */
export type ScalarTypes = {
  ID: { Input: string; Output: string };
  DateTime: { Input: string; Output: Date | string };
  SafeInt: { Input: number; Output: number | bigint };
  Decimal: { Input: string; Output: string | Decimal };
  Currency: { Input: string; Output: string };
  JSONObject: { Input: Record<string, unknown>; Output: unknown };
};

const tooLarge = 2n ** 53n;

function quoted(value: unknown): string | undefined {
  return typeof value === "string" ? quote(value) : undefined;
}

const decimal = /^-?\d{1,26}(?:\.\d{1,12})?$/;

const DateTime = scalar(
  "DateTime",
  "An instant as an RFC 3339 text with its offset: `2026-01-01T09:30:00Z`, `2026-01-01T10:30:00.250+01:00`. Answers are in UTC.",
  (value) => (typeof value === "string" ? parseInstant(value) : null),
  "must be a date and time as RFC 3339 says, with an offset, such as 2026-01-01T00:00:00Z",
  (value) => (value instanceof Date ? value.toISOString() : String(value)),
  (value) => (value instanceof Date ? `"${value.toISOString()}"` : quoted(value)),
  "https://datatracker.ietf.org/doc/html/rfc3339",
);

const SafeInt = scalar(
  "SafeInt",
  "A whole number that a JSON number holds exactly: from -9007199254740991 to 9007199254740991.",
  (value) => attempt(() => GraphQLSafeInt.parseValue(value)),
  "must be a whole number between -9007199254740991 and 9007199254740991",
  (value) => GraphQLSafeInt.serialize(typeof value === "bigint" ? exactNumber(value) : value),
  (value) =>
    typeof value === "bigint" && value < tooLarge && value > -tooLarge ? value.toString() : undefined,
);

const Decimal = scalar(
  "Decimal",
  'An exact decimal number as a text with at most 26 digits before and 12 after the point: `"0.000125"`. Never a float.',
  (value) => (typeof value === "string" && decimal.test(value) ? value : null),
  'must be a decimal number as a text, such as "12.5", with at most 12 digits after the point',
  (value) => (typeof value === "string" ? value : (value as Decimal).toFixed()),
  quoted,
);

const Currency = scalar(
  "Currency",
  "An ISO 4217 currency code. Any case is read; answers are upper case.",
  (value) => (typeof value === "string" && currencies.has(value.toUpperCase()) ? value.toUpperCase() : null),
  "must be an ISO 4217 currency code, such as USD",
  (value) => value,
  quoted,
  "https://www.iso.org/iso-4217-currency-codes.html",
);

const JSONObject = scalar(
  "JSONObject",
  "A JSON object.",
  (value) => attempt(() => GraphQLJSONObject.parseValue(value)),
  "must be a JSON object",
  (value) => value,
  () => undefined,
);

/**
 * A scalar whose `read` gives null for what it cannot read. That is no error yet: the field gets an `Unreadable`, which
 * becomes a user error of the row it stands in, or the error of the field.
 */
function scalar<T>(
  name: string,
  description: string,
  read: (value: unknown) => T | null,
  reason: string,
  serialize: (value: unknown) => unknown,
  short: ShortWriter,
  specifiedByURL?: string,
): GraphQLScalarType<T | Unreadable, unknown> {
  const parseValue = (value: unknown): T | Unreadable => read(value) ?? new Unreadable(reason, value);
  return new GraphQLScalarType({
    name,
    description,
    specifiedByURL: specifiedByURL ?? null,
    serialize,
    ...writes(short),
    parseValue,
    parseLiteral: (node: ValueNode, variables) => parseValue(valueFromASTUntyped(node, variables)),
  });
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`);
  return number;
}

/** Adds the scalars to the builder. */
export function addScalars(builder: {
  addScalarType(name: keyof ScalarTypes, type: GraphQLScalarType<never, never>): unknown;
}): void {
  for (const type of [DateTime, SafeInt, Decimal, Currency, JSONObject]) {
    builder.addScalarType(type.name as keyof ScalarTypes, type as GraphQLScalarType<never, never>);
  }
}
