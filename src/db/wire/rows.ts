import { LRUCache } from "lru-cache";
import pg from "pg";
import { decimalText, instantText, typeParsers } from "../type-parsers.ts";

/** What PostgreSQL tells of a column of its answer. */
export interface ColumnDescription {
  readonly name: string;
  readonly dataTypeID: number;
}

/** How the rows of a statement are read. */
export interface RowShape extends RowReader {
  readonly columns: readonly Column[];
}

/** Makes a row of the values of its columns. All rows of a statement are of one shape. */
type MakeRow = (values: readonly unknown[]) => object;

/** Reads rows: messages that follow one another in `bytes`, each of which is a row. */
export interface RowReader {
  read(bytes: Buffer, from: number, to: number, rows: object[]): void;
}

export interface Column extends ColumnDescription {
  /** Whether its values stay the texts that they are. */
  readonly isText: boolean;
  /** Whether its texts are ASCII, whatever they say. */
  readonly isAscii: boolean;
  /** Whether its values are numbers that become numbers of JavaScript. */
  readonly isInteger: boolean;
  /** Makes a value of its text; undefined for one that stays text. */
  readonly parse: ((text: string) => unknown) | undefined;
}

const { builtins } = pg.types;
const uuid: number = builtins.UUID;

const asciiTypes: ReadonlySet<number> = new Set([
  builtins.BOOL,
  builtins.DATE,
  builtins.INT2,
  builtins.INT4,
  builtins.INT8,
  builtins.NUMERIC,
  builtins.TIMESTAMPTZ,
  builtins.UUID,
]);

const integerTypes: ReadonlySet<number> = new Set([builtins.INT2, builtins.INT4]);

const shapes = new LRUCache<string, RowShape>({ max: 2_000 });

/** What is written of values that nobody looks at. */
const writers: ReadonlyMap<number, (text: string) => unknown> = new Map([
  [builtins.TIMESTAMPTZ, instantText],
  [builtins.NUMERIC, decimalText],
]);

/** How rows of these columns are read, of which `texts` are told as the texts that are to be written. */
export function shapeOf(descriptions: readonly ColumnDescription[], texts: readonly string[] = []): RowShape {
  const key = `${descriptions.map(({ name, dataTypeID }) => `${dataTypeID} ${name}`).join("\n")}\n${texts.join()}`;
  let shape = shapes.get(key);
  if (!shape) {
    shape = makeShape(descriptions, texts);
    shapes.set(key, shape);
  }
  return shape;
}

function makeShape(descriptions: readonly ColumnDescription[], texts: readonly string[]): RowShape {
  const columns = descriptions.map(({ name, dataTypeID }): Column => {
    const isAscii = asciiTypes.has(dataTypeID);
    const usual =
      (texts.includes(name) ? writers.get(dataTypeID) : undefined) ??
      (typeParsers.getTypeParser(dataTypeID, "text") as (text: string) => unknown);
    const parse = isAscii ? (dataTypeID === uuid ? undefined : usual) : textual(usual);
    const isInteger = integerTypes.has(dataTypeID);
    return { name, dataTypeID, isAscii, isInteger, isText: parse === undefined, parse };
  });
  const fields = descriptions.map(({ name }, index) => `${JSON.stringify(name)}: values[${index}]`);
  // Written out as a literal, an object has its final shape from the beginning.
  // oxlint-disable-next-line typescript/no-implied-eval -- the names are quoted, and of our own statements
  const make = new Function("values", `return { ${fields.join(", ")} };`) as MakeRow;
  return {
    columns,
    read: (bytes, from, to, rows) => readRows(columns, make, bytes, from, to, rows),
  };
}

const probe = "a text";

/** No parser for those that leave a text as it is: most do, those of enums too. */
function textual(parse: (text: string) => unknown): Column["parse"] {
  try {
    return parse(probe) === probe ? undefined : parse;
  } catch {
    return parse;
  }
}

/** The length of a message's head: its type, and how long it is. */
export const head = 5;

/** Adds to `rows` what the messages between two places say, each of which is a row. */
function readRows(
  columns: readonly Column[],
  make: MakeRow,
  bytes: Buffer,
  from: number,
  to: number,
  rows: object[],
): void {
  const values = Array.from<unknown>({ length: columns.length });
  // Made once for all of them: a part of a text costs next to nothing, and each text that is made of bytes does.
  const whole = bytes.toString("latin1", from, to);
  let at = from;
  while (at < to) {
    at += head + 2;
    for (let index = 0; index < columns.length; index++) {
      const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      at += 4;
      if (length < 0) {
        values[index] = null;
        continue;
      }
      const end = at + length;
      const { isAscii, parse } = columns[index]!;
      const text =
        isAscii || holdsAscii(bytes, at, end)
          ? whole.slice(at - from, end - from)
          : bytes.toString("utf8", at, end);
      values[index] = parse ? parse(text) : text;
      at = end;
    }
    rows.push(make(values));
  }
}

function holdsAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 127) return false;
  return true;
}

/** The message of a row whose values have these texts. */
export function messageOf(texts: readonly (string | null)[]): Buffer {
  const values = texts.map((text) => (text === null ? null : Buffer.from(text)));
  const length = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), head + 2);
  const message = Buffer.allocUnsafe(length);
  message.write("D", 0);
  message.writeInt32BE(length - 1, 1);
  message.writeInt16BE(values.length, head);
  let at = head + 2;
  for (const value of values) {
    at = message.writeInt32BE(value?.length ?? -1, at);
    if (value) at += value.copy(message, at);
  }
  return message;
}
