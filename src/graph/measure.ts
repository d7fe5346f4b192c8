import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  valueFromASTUntyped,
} from "graphql";
import { introspectionSizes, introspectionWeight } from "./introspection-sizes.ts";
import { defaultSize } from "./pages.ts";
import { assumedSizeOf, isList, isRows, sizeRuleOf, weightOf } from "./sizes.ts";

/** How large an operation is. */
export interface Measure {
  /**
   * How many objects the answer can have at most: rows of lists times the object fields that are asked for on each. Printed in the schema by
   * `@cost`, `@listSize` and `@sizedBy`. Objects of introspection weigh less. What `@include` and `@skip` leave out is not counted.
   */
  readonly cost: number;
  /** How many levels of fields lie within each other. */
  readonly depth: number;
  /** How many fields have an alias, each fragment counted wherever it is spread. */
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  /** Page sizes that are out of range, as texts for the caller. */
  readonly faults: readonly string[];
  /** The variables that sizes were taken from: whatever the others are, the measure is the same. */
  readonly sizedBy: readonly string[];
  /** Whether a size was taken from the time, so that the measure is another one later. */
  readonly passing: boolean;
}

/** Arguments that hold something for each row of the list that is given. */
const oneRowEach: ReadonlySet<string> = new Set(["ids", "representations"]);

type Field = GraphQLField<unknown, unknown>;

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
  clock: () => number = Date.now,
): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const defaults = defaultsOf(operation);
  const known = new Map<string, Part>();
  const faults = new Set<string>();
  const sizedBy = new Set<string>();
  let passing = false;
  const now = (): number => {
    passing = true;
    return clock();
  };
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
    let directives = 0;
    for (const selection of set.selections) {
      directives += selection.directives?.length ?? 0;
      if (isLeftOut(selection)) continue;
      if (selection.kind === Kind.FIELD) part = add(part, ofField(selection, type, rows));
      else if (selection.kind === Kind.FRAGMENT_SPREAD)
        part = add(part, ofFragment(selection.name.value, rows));
      else {
        const narrowed = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type;
        part = add(part, ofSelections(selection.selectionSet, narrowed ?? type, rows));
      }
    }
    return { ...part, directives: part.directives + directives };
  };

  /** Whether `@include` or `@skip` leave a selection out, by the variables. */
  const isLeftOut = ({ directives }: SelectionNode): boolean =>
    directives?.some(({ name: { value: name }, arguments: given }) => {
      if (name !== "include" && name !== "skip") return false;
      const condition = given?.find((argument) => argument.name.value === "if")?.value;
      return condition !== undefined && valueOf(condition) === (name === "skip");
    }) ?? false;

  const ofField = (node: FieldNode, parent: GraphQLNamedType, rows: number): Part => {
    const name = node.name.value;
    const aliases = node.alias ? 1 : 0;
    const field = fieldOf(parent, name);
    if (!field) return { ...nothing, aliases };
    if (!node.selectionSet) return { cost: weightOf(field), depth: 1, aliases, directives: 0 };
    const type = getNamedType(field.type);
    const size = parent.name.startsWith("__")
      ? (introspectionSizes(schema).get(`${parent.name}.${name}`) ?? 1)
      : sizeOf(node, field);
    const own = isList(field) ? (isRows(parent, name) ? rows : size) : 1;
    const weight = type.name.startsWith("__") ? introspectionWeight : 1;
    const inner = isCompositeType(type) ? ofSelections(node.selectionSet, type, size) : nothing;
    return {
      cost: own * (weight + inner.cost),
      depth: 1 + inner.depth,
      aliases: aliases + inner.aliases,
      directives: inner.directives,
    };
  };

  const fieldOf = (parent: GraphQLNamedType, name: string): Field | undefined => {
    if (parent === schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  };

  /** How many rows the field's arguments ask for. */
  const sizeOf = (node: FieldNode, field: Field): number => {
    const given = (name: string): unknown => {
      const argument = node.arguments?.find((one) => one.name.value === name);
      return argument && valueOf(argument.value);
    };
    const rule = sizeRuleOf(field);
    if (rule) return rule.size(given, now);
    const rows = field.args.find(({ name }) => oneRowEach.has(name));
    if (rows) return lengthOf(given(rows.name));
    if (!field.args.some(({ name }) => name === "first")) return assumedSizeOf(field);
    const sizes = ["first", "last"].flatMap((name) => {
      const size = given(name);
      if (size == null) return [];
      if (typeof size === "number" && size >= 1 && size <= largestSize) return [size];
      faults.add(`${field.name}: ${name} must be between 1 and ${largestSize}, not ${JSON.stringify(size)}.`);
      return [largestSize];
    });
    return sizes.length ? Math.max(...sizes) : defaultSize;
  };

  /** What stands in the document or, for a variable, in the request. Of a list only its length is of use. */
  const valueOf = (value: ValueNode): unknown => {
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.LIST) return value.values;
    if (value.kind !== Kind.VARIABLE) return "value" in value ? value.value : undefined;
    const variable = value.name.value;
    sizedBy.add(variable);
    const given = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    return given === undefined ? defaults.get(variable) : given;
  };

  const spread = new Map<string, number>();
  /** How many fields a selection at the root has, with those of the fragments that are spread in it. */
  const rootFieldsOf = (set: SelectionSetNode): number => {
    let count = 0;
    for (const selection of set.selections) {
      if (isLeftOut(selection)) continue;
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
    cost: Math.ceil(roundedOff(whole.cost)),
    directives: whole.directives + (operation.directives?.length ?? 0),
    rootFields: rootFieldsOf(operation.selectionSet),
    faults: [...faults],
    sizedBy: [...sizedBy],
    passing,
  };
}

/** Without what adding up tenths leaves behind the point. */
const roundedOff = (cost: number): number => Math.round(cost * 1_000) / 1_000;

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 1);

const nothing: Part = { cost: 0, depth: 0, aliases: 0, directives: 0 };

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
