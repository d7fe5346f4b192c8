import pg from "pg";
import type { Sheet } from "../../kit/sheet.ts";
import { Unwritable, type WrittenAs } from "./form.ts";
import type { Column } from "./rows.ts";

/** Writes the value that lies between two places. The sheet has room for it. */
export type WriteValue = (sheet: Sheet, bytes: Buffer, from: number, to: number) => void;

/** The most bytes that one byte of a value becomes: a control character is `\u0000`. What quotes and zeros add comes on top. */
export const growth = 6;
export const addition = 8;

const { builtins } = pg.types;

const quote = 0x22;
const backslash = 0x5c;
const point = 0x2e;
const zero = 0x30;

/** How values of a type of PostgreSQL are written; undefined where it cannot be said without looking at them as others do. */
export function writerOf(as: WrittenAs, { dataTypeID, isText }: Column): WriteValue | undefined {
  if (typeof as === "object") return isText ? oneOf(as.names) : undefined;
  if (as === "text") return isText ? writeText : undefined;
  return writers[as].get(dataTypeID);
}

const writers: Readonly<Record<Exclude<WrittenAs, object | "text">, ReadonlyMap<number, WriteValue>>> = {
  integer: new Map([
    [builtins.INT2, writeBare],
    [builtins.INT4, writeBare],
  ]),
  safeInteger: new Map([
    [builtins.INT4, writeBare],
    [builtins.INT8, writeSafe],
  ]),
  boolean: new Map([[builtins.BOOL, writeBoolean]]),
  instant: new Map([[builtins.TIMESTAMPTZ, writeInstant]]),
  decimal: new Map([[builtins.NUMERIC, writeDecimal]]),
};

/** What PostgreSQL sends is UTF-8, and so is the answer: only few bytes have to be written in another way. */
function writeText(sheet: Sheet, bytes: Buffer, from: number, to: number): void {
  const target = sheet.bytes;
  let at = sheet.length;
  target[at++] = quote;
  for (let index = from; index < to; index++) {
    const byte = bytes[index]!;
    if (byte < 0x20 || byte === quote || byte === backslash) {
      sheet.text(JSON.stringify(bytes.toString("utf8", from, to)));
      return;
    }
    target[at++] = byte;
  }
  target[at++] = quote;
  sheet.length = at;
}

function writeBare(sheet: Sheet, bytes: Buffer, from: number, to: number): void {
  const target = sheet.bytes;
  let at = sheet.length;
  for (let index = from; index < to; index++) target[at++] = bytes[index]!;
  sheet.length = at;
}

/** So many digits are fewer than a number of JSON holds exactly, the sign included. */
const safeLength = 15;

function writeSafe(sheet: Sheet, bytes: Buffer, from: number, to: number): void {
  if (to - from > safeLength) throw new Unwritable("a number that may be too large");
  writeBare(sheet, bytes, from, to);
}

const yes = "t".charCodeAt(0);

function writeBoolean(sheet: Sheet, bytes: Buffer, from: number): void {
  sheet.text(bytes[from] === yes ? "true" : "false");
}

const separator = "T".charCodeAt(0);
const utc = "Z".charCodeAt(0);
const space = " ".charCodeAt(0);
const plus = "+".charCodeAt(0);

/** `2026-01-31 12:30:00.25+00` as `2026-01-31T12:30:00.250Z`: with three digits, or with six where there are more. */
function writeInstant(sheet: Sheet, bytes: Buffer, from: number, to: number): void {
  const length = to - from;
  const isUsual =
    length >= 22 &&
    length <= 29 &&
    bytes[from + 10] === space &&
    bytes[to - 3] === plus &&
    bytes[to - 2] === zero &&
    bytes[to - 1] === zero;
  if (!isUsual) throw new Unwritable("an instant far away");
  const target = sheet.bytes;
  let at = sheet.length;
  target[at++] = quote;
  for (let index = from; index < from + 19; index++) target[at++] = bytes[index]!;
  target[at - 9] = separator;
  target[at++] = point;
  const digits = Math.max(0, length - 23);
  for (let index = 0; index < digits; index++) target[at++] = bytes[from + 20 + index]!;
  for (let index = digits; index < (digits > 3 ? 6 : 3); index++) target[at++] = zero;
  target[at++] = utc;
  target[at++] = quote;
  sheet.length = at;
}

/** `1.500` as `"1.5"`. */
function writeDecimal(sheet: Sheet, bytes: Buffer, from: number, to: number): void {
  const target = sheet.bytes;
  let at = sheet.length;
  let hasPoint = false;
  target[at++] = quote;
  for (let index = from; index < to; index++) {
    const byte = bytes[index]!;
    if (byte === point) hasPoint = true;
    target[at++] = byte;
  }
  if (hasPoint) {
    while (target[at - 1] === zero) at--;
    if (target[at - 1] === point) at--;
  }
  target[at++] = quote;
  sheet.length = at;
}

/** The names of an enum are few. */
function oneOf(names: readonly string[]): WriteValue {
  const known = names.map((name) => Buffer.from(name));
  return (sheet, bytes, from, to) => {
    if (!known.some((name) => isEqual(name, bytes, from, to)))
      throw new Unwritable("a name that is not known");
    writeText(sheet, bytes, from, to);
  };
}

function isEqual(name: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let index = 0; index < name.length; index++) if (name[index] !== bytes[from + index]) return false;
  return true;
}
