import { type GraphQLLeafType, type GraphQLResolveInfo, isEnumType } from "graphql";
import { LRUCache } from "lru-cache";
import { type ModelName, tableOf } from "../db/datamodel.ts";
import type { FormPart, FormParts, RowForm, WrittenAs } from "../db/wire/form.ts";
import { columnsOf } from "./columns.ts";
import { planOf } from "./execution/info.ts";
import { type FieldPlan, type ObjectPlan, type Origin, planBelow } from "./execution/plan.ts";

/** What rows of a list are made of beside the columns of their model. */
export interface FormOptions {
  /** The texts that rows have from their parents, by their names. */
  readonly inherited?: readonly string[] | undefined;
  /** The columns that someone looks at beside the fields, such as those that cursors are made of. */
  readonly kept?: readonly string[] | undefined;
}

/** The forms of the rows of a field, by the columns that are kept for others: orders may come from variables. */
const known = new WeakMap<FieldPlan, Map<string, RowForm | null>>();

/**
 * How the rows of `model` are written that the connection is asked for which `info` is about; null where they have to be objects.
 * What fields just show goes from the bytes of PostgreSQL into those of the answer, and what others look at is kept as an object.
 */
export function formBelow(
  info: GraphQLResolveInfo,
  model: ModelName,
  { inherited = [], kept = [] }: FormOptions = {},
): RowForm | null {
  const plan = planOf(info);
  if (!plan) return null;
  const { field, origin } = plan;
  let forms = known.get(field);
  if (!forms) known.set(field, (forms = new Map()));
  const key = kept.join();
  let form = forms.get(key);
  if (form === undefined) {
    form = find(field, origin, model, inherited, kept);
    forms.set(key, form);
  }
  return form;
}

function find(
  field: FieldPlan,
  origin: Origin,
  model: ModelName,
  inherited: readonly string[],
  kept: readonly string[],
): RowForm | null {
  const plan = rowPlan(field, origin);
  if (!plan || plan.type.isTypeOf) return null;
  const maker = new FormMaker(origin, model, inherited);
  if (!maker.addRow(plan)) return null;
  // Rows on their way are known by their parts.
  plan.written ??= { parts: sameParts(maker.parts), gaps: maker.gaps };
  return sameForm(plan.written.parts, [...new Set([...maker.kept, ...kept])].toSorted());
}

/** What is asked of the rows of a connection; undefined where that is nothing, or not the same everywhere. */
function rowPlan({ value: { item, objectType }, value }: FieldPlan, origin: Origin): ObjectPlan | undefined {
  if (item || !objectType) return undefined;
  const rows = planBelow(origin, value, objectType).fields.flatMap((part) => {
    if (part.name === "nodes") return [part.value.item];
    if (part.name !== "edges" || !part.value.item?.objectType) return [];
    const edge = planBelow(origin, part.value.item, part.value.item.objectType);
    return edge.fields.filter(({ name }) => name === "node").map((node) => node.value);
  });
  const [only] = rows;
  return rows.length === 1 && only?.objectType ? planBelow(origin, only, only.objectType) : undefined;
}

class FormMaker {
  readonly parts: FormPart[] = [];
  readonly gaps: FieldPlan[] = [];
  readonly kept: string[] = [];
  readonly #origin: Origin;
  readonly #model: ModelName;
  readonly #columns: Readonly<Record<string, string>>;
  readonly #inherited: readonly string[];
  #text = "";

  constructor(origin: Origin, model: ModelName, inherited: readonly string[]) {
    this.#origin = origin;
    this.#model = model;
    this.#columns = tableOf(model).columns;
    this.#inherited = inherited;
  }

  /** Adds what is asked of a row; false where nothing of it can be written. */
  addRow(plan: ObjectPlan): boolean {
    this.#text += "{";
    for (const field of plan.fields) {
      this.#text += field.label;
      if (field.constant !== undefined) this.#text += field.constant;
      else if (!this.#addShown(field) && !this.#addGap(field)) return false;
    }
    this.#text += "}";
    this.#endText();
    return this.gaps.length < plan.fields.length;
  }

  #addShown(field: FieldPlan): boolean {
    const { pothosExposedField: exposed, parts } = field.definition.extensions as Extensions;
    if (parts) return this.#addObject(field, parts);
    const part = exposed === field.name ? this.#partOf(field, field.name) : null;
    if (part) this.#add(part);
    return part !== null;
  }

  /** Adds an object whose fields are columns, or are inherited. */
  #addObject({ value }: FieldPlan, columns: Readonly<Record<string, string>>): boolean {
    if (value.nullable || !value.objectType) return false;
    const { fields } = planBelow(this.#origin, value, value.objectType);
    const parts = fields.map((field) => {
      const column = columns[field.name];
      return field.constant ?? (column === undefined ? null : this.#partOf(field, column));
    });
    if (parts.includes(null)) return false;
    this.#text += "{";
    for (const [index, part] of parts.entries()) {
      this.#text += fields[index]!.label;
      if (typeof part === "string") this.#text += part;
      else if (part) this.#add(part);
    }
    this.#text += "}";
    return true;
  }

  /** How a leaf is written that just shows a column; null where it does more. */
  #partOf({ definition, value }: FieldPlan, column: string): FormPart | null {
    if (definition.resolve || !value.write) return null;
    const as = writtenAs(value.type as GraphQLLeafType);
    if (!as) return null;
    if (column in this.#columns) return { kind: "column", name: column, as, nullable: value.nullable };
    return as === "text" && this.#inherited.includes(column) ? { kind: "inherited", name: column } : null;
  }

  #addGap(field: FieldPlan): boolean {
    const columns = columnsOf(field.definition, this.#model);
    if (!columns) return false;
    this.kept.push(...columns);
    this.gaps.push(field);
    this.#add({ kind: "gap" });
    return true;
  }

  #add(part: FormPart): void {
    this.#endText();
    this.parts.push(part);
  }

  #endText(): void {
    if (this.#text) this.parts.push({ kind: "text", text: this.#text });
    this.#text = "";
  }
}

interface Extensions {
  readonly pothosExposedField?: unknown;
  readonly parts?: Readonly<Record<string, string>>;
}

const scalars: Readonly<Record<string, WrittenAs>> = {
  ID: "text",
  String: "text",
  Currency: "text",
  Int: "integer",
  SafeInt: "safeInteger",
  Boolean: "boolean",
  DateTime: "instant",
  Decimal: "decimal",
};

/** How the values of a type are written; undefined for those that are changed on their way. */
function writtenAs(type: GraphQLLeafType): WrittenAs | undefined {
  if (!isEnumType(type)) return scalars[type.name];
  const values = type.getValues();
  return values.every(({ name, value }) => name === value)
    ? { names: values.map(({ name }) => name) }
    : undefined;
}

const allParts = new LRUCache<string, FormParts>({
  max: 2_000,
  maxSize: 5_000_000,
  sizeCalculation: (_parts, key) => key.length,
});

/** The one list of these parts. */
function sameParts(parts: FormParts): FormParts {
  const key = JSON.stringify(parts);
  const same = allParts.get(key);
  if (!same) allParts.set(key, parts);
  return same ?? parts;
}

const formsOf = new WeakMap<FormParts, Map<string, RowForm>>();
let count = 0;

/** The one form of these parts and columns: rows of the same form are loaded together. */
function sameForm(parts: FormParts, kept: readonly string[]): RowForm {
  let forms = formsOf.get(parts);
  if (!forms) formsOf.set(parts, (forms = new Map()));
  const key = kept.join();
  let form = forms.get(key);
  if (!form) forms.set(key, (form = { name: `form${count++}`, parts, kept }));
  return form;
}
