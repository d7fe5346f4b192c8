import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields.js";
import type { FormParts } from "../../db/wire/form.ts";
import type { LevelResolver } from "../levels.ts";
import { type WriteLeaf, leafWriter } from "./leaf.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** What plans of one operation share. */
export interface Origin {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** The variables that `@skip` and `@include` look at have these values. */
  readonly variables: Variables;
  /** How many fields were planned so far. */
  fields: number;
}

/** What is asked of an object. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
  /** The characters of its names and of what is always the same. */
  readonly size: number;
  /** How rows are written that have not been made objects first, once that has been found out. */
  written: WrittenPlan | undefined;
}

/** The parts of written rows, and the fields that their gaps are for. */
export interface WrittenPlan {
  readonly parts: FormParts;
  readonly gaps: readonly FieldPlan[];
}

/** What is asked of a field. */
export interface FieldPlan {
  readonly parent: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly name: string;
  /** Its name in the answer. */
  readonly key: string;
  /** The key as JSON, with the colon and, behind another field, the comma. */
  readonly label: string;
  /** Its place among all fields of the operation. */
  readonly index: number;
  readonly nodes: readonly FieldNode[];
  /** Its arguments, where no variable has a part in them. */
  readonly fixedArguments: Readonly<Record<string, unknown>> | undefined;
  /** Whether its resolver may look at the fourth argument. Those that declare one to three do not. */
  readonly passesInfo: boolean;
  /** Resolves it for all objects of a level at once. */
  readonly level: LevelResolver | undefined;
  /** What it always is, as JSON. */
  readonly constant: string | undefined;
  readonly value: ValuePlan;
}

/** How a value is told. */
export interface ValuePlan {
  readonly field: FieldPlan;
  readonly type: GraphQLOutputType;
  readonly nullable: boolean;
  readonly write: WriteLeaf | null;
  readonly item: ValuePlan | null;
  readonly objectType: GraphQLObjectType | null;
  readonly abstractType: GraphQLAbstractType | null;
  /** The plans of the types of object that came up. */
  readonly objects: Map<GraphQLObjectType, ObjectPlan>;
}

/** The plan of the operation itself. Objects below are planned when the first of them comes up. */
export function planRoot(origin: Origin, type: GraphQLObjectType): ObjectPlan {
  const { schema, fragments, variables, operation } = origin;
  const set = operation.selectionSet;
  return planObject(origin, type, collectFields(schema, fragments, { ...variables }, type, set));
}

/** The plan of an object of `type` where `value` is asked for. */
export function planBelow(origin: Origin, value: ValuePlan, type: GraphQLObjectType): ObjectPlan {
  let plan = value.objects.get(type);
  if (!plan) {
    const { schema, fragments, variables } = origin;
    plan = planObject(
      origin,
      type,
      collectSubfields(schema, fragments, { ...variables }, type, value.field.nodes),
    );
    value.objects.set(type, plan);
  }
  return plan;
}

function planObject(
  origin: Origin,
  type: GraphQLObjectType,
  selected: ReadonlyMap<string, readonly FieldNode[]>,
): ObjectPlan {
  const fields: FieldPlan[] = [];
  for (const [key, nodes] of selected) {
    const [node] = nodes;
    const definition = node && definitionOf(origin.schema, type, node);
    if (!definition) continue;
    const label = `${fields.length ? "," : ""}${JSON.stringify(key)}:`;
    const field = {
      parent: type,
      definition,
      name: definition.name,
      key,
      label,
      index: origin.fields++,
      nodes,
      fixedArguments: fixedArgumentsOf(definition, node),
      passesInfo: !definition.resolve || definition.resolve.length === 0 || definition.resolve.length > 3,
      level: (definition.extensions as { readonly level?: LevelResolver }).level,
      constant: definition === TypeNameMetaFieldDef ? JSON.stringify(type.name) : undefined,
      value: undefined as unknown as ValuePlan,
    };
    field.value = planValue(field, definition.type);
    fields.push(field);
  }
  const size = fields.reduce((sum, { label, constant = "" }) => sum + label.length + constant.length, 2);
  return { type, fields, size, written: undefined };
}

function fixedArgumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode) {
  if (node.arguments?.some((part) => holdsVariable(part))) return undefined;
  try {
    return Object.freeze(getArgumentValues(definition, node));
  } catch {
    // It is thrown again where the field is run, whose error it is.
    return undefined;
  }
}

function planValue(field: FieldPlan, returned: GraphQLOutputType): ValuePlan {
  const nullable = !isNonNullType(returned);
  const type = isNonNullType(returned) ? returned.ofType : returned;
  const isComposite = !isLeafType(type) && !isListType(type);
  return {
    field,
    type,
    nullable,
    write: isLeafType(type) ? leafWriter(type) : null,
    item: isListType(type) ? planValue(field, type.ofType) : null,
    objectType: isObjectType(type) ? type : null,
    abstractType: isComposite && !isObjectType(type) ? type : null,
    objects: new Map(),
  };
}

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  { name: { value: name } }: FieldNode,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (schema.getQueryType() === parent) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return parent.getFields()[name];
}

function holdsVariable(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  if ("kind" in part && part.kind === Kind.VARIABLE) return true;
  if (Array.isArray(part)) return part.some(holdsVariable);
  return "value" in part
    ? holdsVariable(part.value)
    : holdsVariable("values" in part ? part.values : "fields" in part ? part.fields : undefined);
}
