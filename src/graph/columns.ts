import {
  type FieldNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  Kind,
  type SelectionSetNode,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { type ModelName, tableOf } from "../db/datamodel.ts";

/**
 * Says which columns of its row a field reads, by their names in the model, so that lists need not read all. A row is read
 * whole where a field is asked for that neither says so nor just shows a column. To be spread into the field's options.
 */
export function reads(...columns: readonly string[]) {
  return { extensions: { columns } };
}

/**
 * Says besides that a field is an object whose fields are columns of the row, or what the row has from its parent: where no more
 * is asked of it, it is written without being resolved. To be spread into the field's options, with a resolver that gives the same.
 */
export function shows(parts: Readonly<Record<string, string>>, ...columns: readonly string[]) {
  return { extensions: { columns, parts } };
}

/** What is asked for below a field: its row, or the rows of its connection. */
type Below = "row" | "connection";

/** What is read of rows. */
export interface Columns {
  /** The columns that are read; null for all. */
  readonly fields: readonly string[] | null;
  /** Those of them that are written into the answer as they are, and that nobody looks at before. */
  readonly texts: readonly string[];
}

/** The whole row. */
export const wholeRow: Columns = { fields: null, texts: [] };

const known = new WeakMap<readonly FieldNode[], Columns>();

/** The columns of `model` that are asked for below the field which `info` is about. */
export function columnsBelow(info: GraphQLResolveInfo, model: ModelName, below: Below): Columns {
  let columns = known.get(info.fieldNodes);
  if (columns === undefined) {
    columns = find(info, model, below);
    known.set(info.fieldNodes, columns);
  }
  return columns;
}

/** The scalars that take the text which is to be written. */
const writtenAsTold: ReadonlySet<string> = new Set(["DateTime", "Decimal"]);

function isWrittenAsTold({ type }: GraphQLField<unknown, unknown>): boolean {
  if (isListType(isNonNullType(type) ? type.ofType : type)) return false;
  return writtenAsTold.has(getNamedType(type).name);
}

/** Whether a field shows a column as the text that is to be written. */
function isShown(field: GraphQLField<unknown, unknown>): boolean {
  return !Array.isArray(field.extensions["columns"]) && isWrittenAsTold(field);
}

/** The columns of `model` that a field of it looks at; null where that is not known. */
export function columnsOf(
  { extensions }: GraphQLField<unknown, unknown>,
  model: ModelName,
): readonly string[] | null {
  const { pothosExposedField: exposed, columns } = extensions as Readonly<Record<string, unknown>>;
  if (Array.isArray(columns)) return columns.map(String);
  return typeof exposed === "string" && exposed in tableOf(model).columns ? [exposed] : null;
}

function find(
  { schema, fragments, fieldNodes }: GraphQLResolveInfo,
  model: ModelName,
  below: Below,
): Columns {
  const type = schema.getType(model);
  if (!isObjectType(type)) return wholeRow;
  const fields = type.getFields();
  const lookedAt = new Set<string>(["id"]);
  const shown = new Set<string>();
  let whole = false;

  const visit = (set: SelectionSetNode | undefined, each: (node: FieldNode) => void): void => {
    for (const part of set?.selections ?? []) {
      if (part.kind === Kind.FIELD) each(part);
      else if (part.kind === Kind.INLINE_FRAGMENT) visit(part.selectionSet, each);
      else visit(fragments[part.name.value]?.selectionSet, each);
    }
  };
  const ofRow = ({ name }: FieldNode): void => {
    // A field of another type that a fragment is about, or `__typename`.
    const field = fields[name.value];
    if (!field) return;
    const columns = columnsOf(field, model);
    if (!columns) whole = true;
    else for (const column of columns) (isShown(field) ? shown : lookedAt).add(column);
  };
  const ofConnection = ({ name, selectionSet }: FieldNode): void => {
    if (name.value === "nodes") visit(selectionSet, ofRow);
    if (name.value !== "edges") return;
    visit(selectionSet, (edge) => edge.name.value === "node" && visit(edge.selectionSet, ofRow));
  };
  for (const node of fieldNodes) visit(node.selectionSet, below === "row" ? ofRow : ofConnection);
  if (whole) return wholeRow;
  const texts = [...shown].filter((column) => !lookedAt.has(column));
  return { fields: [...lookedAt, ...texts].toSorted(), texts: texts.toSorted() };
}
