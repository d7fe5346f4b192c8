import { LRUCache } from "lru-cache";
import type { Prisma } from "./generated/prisma/client.ts";
import type { WrittenRows } from "./wire/form.ts";
import { generatedName } from "./wire/prepared.ts";

/** A text of SQL with its values: `Prisma.Sql`, or another run of a template. */
export type Sql = Pick<Prisma.Sql, "text" | "values">;

/** Whatever runs SQL: a request's reads, or a transaction. */
export interface Executor {
  /** Runs one statement and gives its rows. */
  query<R extends object>(statement: Sql): Promise<R[]>;
  /** Whether the database keeps it to the rows of one environment. */
  readonly confined: boolean;
}

/** Told of every statement that an executor runs, before it runs. */
export type StatementObserver = (text: string, values: readonly unknown[]) => void;

/** The names of statements that were run lately. No name is given twice, so that connections can tell them apart for ever. */
const names = new LRUCache<string, string>({
  max: 2_000,
  maxSize: 10_000_000,
  sizeCalculation: (_name, text) => text.length,
});
let named = 0;

/**
 * What is said of a statement beside its text. It stands on the statement itself: what a `WeakMap` that lives for long has held, the garbage
 * collector takes for alive until it looks at the whole heap.
 */
interface Notes {
  [byValues]?: true;
  [asTexts]?: readonly string[];
  [written]?: WrittenRows | undefined;
}

const byValues = Symbol("planned by values");
const asTexts = Symbol("told as texts");
const written = Symbol("rows as they are written");

function notesOf(statement: Sql): Notes {
  return statement as Notes;
}

/**
 * Has a statement planned for its values each time: one that looks for a text, say, which many rows may have or few. All
 * others are planned once by each connection, for whatever the values are.
 */
export function plannedByValues(statement: Prisma.Sql): Prisma.Sql {
  notesOf(statement)[byValues] = true;
  return statement;
}

const noTexts: readonly string[] = [];

/** Has some columns of a statement told as the texts that are to be written of them, if they are instants or decimal numbers. */
export function toldAsTexts(statement: Prisma.Sql, columns: readonly string[]): Prisma.Sql {
  if (columns.length) notesOf(statement)[asTexts] = columns;
  return statement;
}

/** The columns of a statement that are told as the texts to be written. */
export function textsOf(statement: Sql): readonly string[] {
  if (statement instanceof Filled) return statement.template.texts;
  return notesOf(statement)[asTexts] ?? noTexts;
}

/** Has the rows of a statement written as JSON, or read as objects again. An `Unwritable` is thrown where they cannot be written. */
export function writtenAs(statement: Prisma.Sql, rows: WrittenRows | undefined): Prisma.Sql {
  notesOf(statement)[written] = rows;
  return statement;
}

/** How the rows of a statement are written, if they are. */
export function writtenOf(statement: Sql): WrittenRows | undefined {
  return notesOf(statement)[written];
}

/** The name that a statement is prepared by; undefined for one that is not. */
export function nameOf(statement: Sql): string | undefined {
  if (statement instanceof Filled) return statement.template.name;
  return notesOf(statement)[byValues] ? undefined : preparedName(statement.text);
}

/** A short name for the text of a statement, so that each connection parses and plans it once, as long as it is in use. */
function preparedName(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `${generatedName}${named++}`;
    names.set(text, name);
  }
  return name;
}

/**
 * A short read that is made once and run with other values each time: putting its text together, and finding its name by it, takes longer
 * than all else. It finds its rows by a key, so that it takes no time to speak of, and may leave in one packet with others.
 */
export class Template {
  readonly text: string;
  readonly name: string;
  readonly texts: readonly string[];

  /** `sql` has the template's values at their places, whatever they are. `texts` are told as the texts to be written. */
  constructor({ text }: Sql, texts: readonly string[] = noTexts) {
    this.text = text;
    this.name = preparedName(text);
    this.texts = texts;
  }

  with(...values: unknown[]): Sql {
    return new Filled(this, values);
  }
}

class Filled implements Sql {
  readonly template: Template;
  readonly values: unknown[];

  constructor(template: Template, values: unknown[]) {
    this.template = template;
    this.values = values;
  }

  get text(): string {
    return this.template.text;
  }
}

/** Whether a statement is a short read, by a template. */
export function isShort(statement: Sql): boolean {
  return statement instanceof Filled;
}
