import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  valueFromASTUntyped,
} from "graphql";
import { defaultSize } from "./pages.ts";

/** How large an operation is. */
export interface Measure {
  /** How many objects the answer can have at most: rows of lists times the object fields that are asked for on each. Printed in the schema by `@cost` and `@listSize`. */
  readonly cost: number;
  /** How many levels of fields lie within each other. Introspection does not count. */
  readonly depth: number;
  /** How many fields have an alias, each fragment counted wherever it is spread. */
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  /** Page sizes that are out of range, as texts for the caller. */
  readonly faults: readonly string[];
  /** The variables that sizes were taken from: whatever the others are, the measure is the same. */
  readonly sizedBy: readonly string[];
}

/** How many rows a list is taken to have that takes no `first` or `last`. */
export const assumedListSize = 25;

/** Arguments that hold something for each row of the list that is given. */
const oneRowEach: ReadonlySet<string> = new Set(["ids", "representations"]);

interface Part {
  readonly cost: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

/**
 * Measures a valid operation without running it. Fragments are measured once each, so that a document which spreads them
 * into one another by the thousand is no more work than its text.
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  largestSize: number,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults = defaultsOf(operation);
  const known = new Map<string, Part>();
  const faults = new Set<string>();
  const sizedBy = new Set<string>();

  const ofFragment = (name: string, rows: number): Part => {
    const key = `${name} ${rows}`;
    let part = known.get(key);
    if (!part) {
      const fragment = fragments.get(name);
      const type = fragment && schema.getType(fragment.typeCondition.name.value);
      part = fragment && type ? ofSelections(fragment.selectionSet, type, rows) : nothing;
      known.set(key, part);
    }
    return part;
  };

  /** The parts of one object of `type`; its `nodes` and `edges`, if it is a connection, have `rows` entries. */
  const ofSelections = (set: SelectionSetNode, type: GraphQLNamedType, rows: number): Part => {
    let part = nothing;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) part = add(part, ofField(selection, type, rows));
      else if (selection.kind === Kind.FRAGMENT_SPREAD)
        part = add(part, ofFragment(selection.name.value, rows));
      else {
        const narrowed = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type;
        part = add(part, ofSelections(selection.selectionSet, narrowed ?? type, rows));
      }
      part = { ...part, directives: part.directives + (selection.directives?.length ?? 0) };
    }
    return part;
  };

  const ofField = (node: FieldNode, parent: GraphQLNamedType, rows: number): Part => {
    const name = node.name.value;
    const aliases = node.alias ? 1 : 0;
    if (name.startsWith("__")) return { cost: node.selectionSet ? 1 : 0, depth: 0, aliases, directives: 0 };
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (!field || !node.selectionSet)
      return { cost: field ? weightOf(field) : 0, depth: 1, aliases, directives: 0 };
    const size = sizeOf(node, field);
    const own = isList(field) ? (isRows(parent, name) ? rows : size) : 1;
    const type = getNamedType(field.type);
    const inner = isCompositeType(type) ? ofSelections(node.selectionSet, type, size) : nothing;
    return {
      cost: own * (1 + inner.cost),
      depth: 1 + inner.depth,
      aliases: aliases + inner.aliases,
      directives: inner.directives,
    };
  };

  /** How many rows the field's arguments ask for. */
  const sizeOf = (node: FieldNode, field: GraphQLField<unknown, unknown>): number => {
    const rows = field.args.find(({ name }) => oneRowEach.has(name));
    if (rows) return lengthOf(node, rows.name);
    if (!field.args.some(({ name }) => name === "first")) return assumedListSize;
    const sizes = ["first", "last"].flatMap((name) => {
      const size = valueOf(node, name);
      if (size == null) return [];
      if (typeof size === "number" && size >= 1 && size <= largestSize) return [size];
      faults.add(`${field.name}: ${name} must be between 1 and ${largestSize}, not ${JSON.stringify(size)}.`);
      return [largestSize];
    });
    return sizes.length ? Math.max(...sizes) : defaultSize;
  };

  const valueOf = (node: FieldNode, name: string): unknown => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind === Kind.LIST) return value.values;
    if (value?.kind !== Kind.VARIABLE) return undefined;
    const variable = value.name.value;
    sizedBy.add(variable);
    const given = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    return given === undefined ? defaults.get(variable) : given;
  };

  const lengthOf = (node: FieldNode, name: string): number => {
    const value = valueOf(node, name);
    return Array.isArray(value) ? value.length : 1;
  };

  const spread = new Map<string, number>();
  /** How many fields a selection at the root has, with those of the fragments that are spread in it. */
  const rootFieldsOf = (set: SelectionSetNode): number => {
    let count = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) count += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) count += rootFieldsOf(selection.selectionSet);
      else {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment && !spread.has(name)) spread.set(name, rootFieldsOf(fragment.selectionSet));
        count += spread.get(name) ?? 0;
      }
    }
    return count;
  };

  const root = schema.getRootType(operation.operation);
  const whole = root ? ofSelections(operation.selectionSet, root, 1) : nothing;
  return {
    ...whole,
    directives: whole.directives + (operation.directives?.length ?? 0),
    rootFields: rootFieldsOf(operation.selectionSet),
    faults: [...faults],
    sizedBy: [...sizedBy],
  };
}

const nothing: Part = { cost: 0, depth: 0, aliases: 0, directives: 0 };

/** Prices a field that gives no object but costs as much as reading `cost` of them. To be spread into the field's options. */
export function weighs(cost: number) {
  return { extensions: { cost } };
}

/** What a field costs that gives no object. */
export function weightOf({ extensions }: GraphQLField<unknown, unknown>): number {
  return (extensions as { readonly cost?: number }).cost ?? 0;
}

/** The fields of a connection that hold the rows of its page. */
export const rowFields: readonly string[] = ["edges", "nodes"];

export function isConnection(type: GraphQLNamedType): boolean {
  return type.name.endsWith("Connection");
}

/** Whether a field gives the rows of the connection that it is a field of. */
export function isRows(parent: GraphQLNamedType, field: string): boolean {
  return isConnection(parent) && rowFields.includes(field);
}

export function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

function add(one: Part, other: Part): Part {
  return {
    cost: one.cost + other.cost,
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
  };
}

function defaultsOf(operation: OperationDefinitionNode): ReadonlyMap<string, unknown> {
  const entries = operation.variableDefinitions?.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  return new Map(entries);
}
