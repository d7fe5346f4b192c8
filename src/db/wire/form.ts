import type { Sheet } from "../../kit/sheet.ts";

/** How the values of a column are written: those of an enum only if they are among its names. */
export type WrittenAs =
  | "text"
  | "integer"
  | "safeInteger"
  | "boolean"
  | "instant"
  | "decimal"
  | { readonly names: readonly string[] };

/** A part of a row as JSON. */
export type FormPart =
  /** Always the same. */
  | { readonly kind: "text"; readonly text: string }
  /** The value of a column. */
  | { readonly kind: "column"; readonly name: string; readonly as: WrittenAs; readonly nullable: boolean }
  /** A text that the row has from its parent. */
  | { readonly kind: "inherited"; readonly name: string }
  /** The place of what is not known yet. */
  | { readonly kind: "gap" };

/** How rows are written as JSON straight from what PostgreSQL sends. */
export interface RowForm {
  /** Tells forms apart: those of the same parts and columns are one. */
  readonly name: string;
  readonly parts: FormParts;
  /** The columns whose values the row has as an object, because someone looks at them. */
  readonly kept: readonly string[];
}

export type FormParts = readonly FormPart[];

/** How the rows of one statement are written. */
export interface WrittenRows {
  readonly form: RowForm;
  /** What rows have from their parents, by the parents' places. */
  readonly parents: readonly (Readonly<Record<string, unknown>> | undefined)[];
}

/** A row that has been written, beside the values that it has as an object. */
export interface WrittenRow {
  readonly $form: RowForm;
  readonly $sheet: Sheet;
  /** Where it begins and ends on the sheet. A row that follows on the same sheet begins behind one comma. */
  readonly $from: number;
  readonly $to: number;
  /** Where its gaps are. */
  readonly $gaps: readonly number[];
}

/** Says that a value cannot be written as its form wants it: whoever can has to read the row as an object. */
export class Unwritable extends Error {}

/** The column that has the place of the row's parent, from 1 on. */
export const parentColumn = "$parent";

/** Whether a row was written in these parts. */
export function isWritten(row: unknown, parts: FormParts): row is WrittenRow {
  return (row as Partial<WrittenRow> | null | undefined)?.$form?.parts === parts;
}
