import { Decimal } from "@prisma/client/runtime/client";
import pg from "pg";

type Parse = (text: string) => unknown;

type Nested = (string | null | Nested)[];

const { builtins, getTypeParser } = pg.types;

/** The object ids of array types, which node-postgres has no names for. */
const textArray = 1009;
const int8Array = 1016;
const numericArray = 1231;
const dateArray = 1182;

const parsers = new Map<number, Parse>([
  [builtins.INT8, BigInt],
  [builtins.NUMERIC, toDecimal],
  [builtins.DATE, keep],
  [builtins.TIMESTAMPTZ, toInstant],
  [int8Array, arrayOf(BigInt)],
  [numericArray, arrayOf(toDecimal)],
  [dateArray, arrayOf(keep)],
]);

/**
 * How the values of result rows become JavaScript: `int8` a bigint, `numeric` a `Decimal` with every digit, `date` the
 * text `YYYY-MM-DD`, and arrays of these likewise; `timestamptz` a Date, which writes the microseconds that it has beyond
 * its milliseconds. All else is as in node-postgres: `jsonb` parsed, `uuid` and enums text. An array of an enum stays text: cast it to `text[]`.
 *
 * For one pool only; the process-wide parsers of node-postgres are left alone.
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    (format === "binary" ? undefined : parsers.get(oid)) ??
    getTypeParser(oid, format as "text")) as typeof getTypeParser,
};

function toDecimal(text: string): Decimal {
  return new Decimal(text);
}

const toDate = getTypeParser(builtins.TIMESTAMPTZ) as (text: string) => Date;

/**
 * The text that is written of a decimal number: `1.5` for `1.500`. What writing a `Decimal` gives, without making one.
 */
export function decimalText(text: string): string {
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text[end - 1] === "0") end--;
  return text.slice(0, text[end - 1] === "." ? end - 1 : end);
}

/** The text that is written of an instant: `2026-01-31T12:30:00.250Z` for `2026-01-31 12:30:00.25+00`. The same for what is no Date. */
export function instantText(text: string): unknown {
  if (text[10] !== " " || !text.endsWith("+00") || text.length > 29) return toInstant(text);
  const fraction = text.slice(20, -3);
  const digits = fraction.padEnd(fraction.length > 3 ? 6 : 3, "0");
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${digits}Z`;
}

/** PostgreSQL writes fractions of a second without zeros at the end; sessions are in UTC. */
const microseconds = /\.(\d{4,6})\+00$/;

function toInstant(text: string): Date {
  const instant = toDate(text);
  const fraction = microseconds.exec(text)?.[1];
  return fraction === undefined ? instant : new ExactInstant(instant, fraction.padEnd(6, "0"));
}

/** A Date that keeps the microseconds which a Date has no room for, and writes them where it is told. */
class ExactInstant extends Date {
  readonly #fraction: string;

  constructor(instant: Date, fraction: string) {
    super(instant);
    this.#fraction = fraction;
  }

  override toISOString(): string {
    return `${super.toISOString().slice(0, -4)}${this.#fraction}Z`;
  }

  override toJSON(): string {
    return this.toISOString();
  }
}

function arrayOf(parse: Parse): Parse {
  const texts = getTypeParser(textArray as number) as (text: string) => Nested;
  const parseAll = (elements: Nested): unknown[] =>
    elements.map((element) => {
      if (element === null) return null;
      return Array.isArray(element) ? parseAll(element) : parse(element);
    });
  return (text) => parseAll(texts(text));
}

function keep(text: string): string {
  return text;
}
