import { Sheet } from "../../kit/sheet.ts";
import { type WriteValue, addition, growth, writerOf } from "./form-columns.ts";
import { type FormPart, type RowForm, Unwritable, type WrittenRows, parentColumn } from "./form.ts";
import { type Column, type RowReader, type RowShape, head } from "./rows.ts";

/** How a part is written: a text, or the value of the column with this index. */
type Step =
  | { readonly text: Buffer }
  | { readonly index: number; readonly write: WriteValue; readonly nullable: boolean }
  | { readonly inherited: string }
  | { readonly gap: true };

const nothing = Buffer.from("null");
const comma = ",".charCodeAt(0);
const noGaps: readonly number[] = [];
const leastRoom = 2_048;
const mostRoom = 65_536;

/** Writes rows as JSON onto a sheet, and makes objects of them that tell where they are written. */
export class FormReader implements RowReader {
  readonly #sheet: Sheet;
  readonly #wanted: WrittenRows;
  readonly #ready: Ready;
  readonly #values: unknown[];
  /** Where the values of a row begin and end; an end before the beginning is null. */
  readonly #begins: Int32Array;
  readonly #ends: Int32Array;
  /** How many bytes the row takes at the most, beside what it has from its parent. */
  #needed = 0;
  /** What rows have from their parents, as JSON, by its text: most have the same. */
  readonly #inherited = new Map<string, Buffer>();

  /** Throws an `Unwritable` where the columns are of other types than the form says. */
  constructor(wanted: WrittenRows, shape: RowShape) {
    this.#wanted = wanted;
    this.#ready = readyFor(wanted.form, shape);
    this.#sheet = new Sheet(this.#ready.room);
    this.#values = this.#ready.kept.map(() => null);
    this.#begins = new Int32Array(shape.columns.length);
    this.#ends = new Int32Array(shape.columns.length);
  }

  read(bytes: Buffer, from: number, to: number, rows: object[]): void {
    const sheet = this.#sheet;
    const { fixed, make } = this.#ready;
    const { form } = this.#wanted;
    for (let at = from; at < to;) {
      const begin = at;
      at = this.#measure(bytes, at);
      this.#needed = fixed + (at - begin) * growth;
      sheet.reserve(this.#needed);
      if (sheet.length) sheet.bytes[sheet.length++] = comma;
      const written = sheet.length;
      const gaps = this.#write(bytes);
      rows.push(make(this.#keep(bytes), form, sheet, written, sheet.length, gaps));
    }
    this.#ready.room = Math.min(Math.max(this.#ready.room, sheet.bytes.length), mostRoom);
  }

  /** Finds the values of the row that begins here; gives its end. */
  #measure(bytes: Buffer, from: number): number {
    const begins = this.#begins;
    const ends = this.#ends;
    let at = from + head + 2;
    for (let index = 0; index < begins.length; index++) {
      const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      at += 4;
      begins[index] = at;
      ends[index] = at + length;
      if (length > 0) at += length;
    }
    return at;
  }

  #write(bytes: Buffer): readonly number[] {
    const sheet = this.#sheet;
    let gaps: number[] | undefined;
    for (const step of this.#ready.steps) {
      if ("text" in step) sheet.copy(step.text, 0, step.text.length);
      else if ("index" in step) this.#writeValue(step, bytes);
      else if ("gap" in step) (gaps ??= []).push(sheet.length);
      else this.#writeInherited(step.inherited, bytes);
    }
    return gaps ?? noGaps;
  }

  #writeValue({ index, write, nullable }: Extract<Step, { index: number }>, bytes: Buffer): void {
    const begin = this.#begins[index]!;
    const end = this.#ends[index]!;
    if (end >= begin) write(this.#sheet, bytes, begin, end);
    else if (nullable) this.#sheet.copy(nothing, 0, nothing.length);
    else throw new Unwritable("nothing where something has to be");
  }

  #writeInherited(name: string, bytes: Buffer): void {
    const place = Number(this.#valueOf(this.#ready.parent, bytes)) - 1;
    const value = this.#wanted.parents[place]?.[name];
    if (typeof value !== "string") throw new Unwritable(`a parent without ${name}`);
    let json = this.#inherited.get(value);
    if (!json) this.#inherited.set(value, (json = Buffer.from(JSON.stringify(value))));
    // What comes behind it needs its room as well.
    this.#sheet.reserve(json.length + this.#needed);
    this.#sheet.copy(json, 0, json.length);
  }

  #keep(bytes: Buffer): readonly unknown[] {
    const values = this.#values;
    const { kept } = this.#ready;
    for (let place = 0; place < kept.length; place++) values[place] = this.#valueOf(kept[place]!, bytes);
    return values;
  }

  #valueOf(index: number, bytes: Buffer): unknown {
    const begin = this.#begins[index]!;
    const end = this.#ends[index]!;
    if (end < begin) return null;
    const { isAscii, isInteger, parse } = this.#ready.columns[index]!;
    if (isInteger) return integerIn(bytes, begin, end);
    const text = bytes.toString(isAscii ? "latin1" : "utf8", begin, end);
    return parse ? parse(text) : text;
  }
}

const minus = "-".charCodeAt(0);
const zero = "0".charCodeAt(0);

/** The number that digits say. */
function integerIn(bytes: Buffer, begin: number, end: number): number {
  const negative = bytes[begin] === minus;
  let number = 0;
  for (let at = negative ? begin + 1 : begin; at < end; at++) number = number * 10 + bytes[at]! - zero;
  return negative ? -number : number;
}

/** A form whose columns have been found. */
interface Ready {
  readonly columns: readonly Column[];
  readonly steps: readonly Step[];
  /** The indexes of the columns whose values are kept. */
  readonly kept: readonly number[];
  /** The index of the column with the parent's place; -1 without one. */
  readonly parent: number;
  /** How many bytes a row has at the most beside those that its values become. */
  readonly fixed: number;
  readonly make: MakeRow;
  /** How much room rows took lately: a sheet that begins with it need not grow. */
  room: number;
}

const known = new WeakMap<RowForm, WeakMap<RowShape, Ready>>();

function readyFor(form: RowForm, shape: RowShape): Ready {
  let ofForm = known.get(form);
  if (!ofForm) known.set(form, (ofForm = new WeakMap()));
  let ready = ofForm.get(shape);
  if (!ready) ofForm.set(shape, (ready = makeReady(form, shape)));
  return ready;
}

function makeReady(form: RowForm, { columns }: RowShape): Ready {
  const steps = form.parts.map((part) => stepOf(part, columns));
  // What a statement adds to the columns of a model, such as the value of a cursor, is always kept.
  const isKept = ({ name }: Column) => form.kept.includes(name) || name.startsWith("$");
  const kept = columns.flatMap((column, index) => (isKept(column) ? [index] : []));
  return {
    columns,
    steps,
    kept,
    parent: columns.findIndex(({ name }) => name === parentColumn),
    fixed: steps.reduce((sum, step) => sum + ("text" in step ? step.text.length : addition), 1),
    make: makerOf(kept.map((index) => columns[index]!.name)),
    room: leastRoom,
  };
}

function stepOf(part: FormPart, columns: readonly Column[]): Step {
  switch (part.kind) {
    case "text":
      return { text: Buffer.from(part.text) };
    case "inherited":
      return { inherited: part.name };
    case "gap":
      return { gap: true };
    case "column": {
      const index = columns.findIndex(({ name }) => name === part.name);
      const column = columns[index];
      const write = column && writerOf(part.as, column);
      if (!write) throw new Unwritable(`${part.name} is of another type`);
      return { index, write, nullable: part.nullable };
    }
  }
}

type MakeRow = (
  values: readonly unknown[],
  form: RowForm,
  sheet: Sheet,
  from: number,
  to: number,
  gaps: readonly number[],
) => object;

/** Makes rows that have columns of these names. */
function makerOf(names: readonly string[]): MakeRow {
  const fields = names.map((name, index) => `${JSON.stringify(name)}: values[${index}], `).join("");
  const row = `return { ${fields}$form, $sheet, $from, $to, $gaps };`;
  // Written out as a literal, an object has its final shape from the beginning.
  // oxlint-disable-next-line typescript/no-implied-eval -- the names are quoted, and of our own statements
  return new Function("values", "$form", "$sheet", "$from", "$to", "$gaps", row) as MakeRow;
}
