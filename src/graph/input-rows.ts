import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  valueFromASTUntyped,
} from "graphql";
import { assumedListSize } from "./sizes.ts";

/** What a row of a list in the input of a mutation costs, where its type does not say otherwise: it is checked, written and told of. */
const costOfRow = 10;

/** Prices the rows of lists of an input type. To be given to `input`. */
export function rowWeighs(cost: number) {
  return { rowCost: cost };
}

/** What each entry of an input list costs; 0 for fields that hold no list of objects. */
export function rowCostOf({ type }: GraphQLInputField): number {
  const named = getNamedType(type);
  return isListType(getNullableType(type)) && isInputObjectType(named) ? costOf(named) : 0;
}

function costOf({ extensions }: GraphQLInputObjectType): number {
  return (extensions as { readonly rowCost?: number }).rowCost ?? costOfRow;
}

/** What the rows that a mutation is given add to its cost. */
export interface GivenRows {
  /** What they cost themselves. */
  readonly cost: number;
  /** How many answers there are for each one that lists in payloads are taken to have. */
  readonly times: number;
}

/** Prices the rows that a valid mutation is given, wherever they stand in its inputs. */
export function priceRows(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GivenRows {
  const root = schema.getMutationType();
  const given = { ...defaultsOf(operation), ...variables };
  let cost = 0;
  let most = 0;
  for (const { name, args } of root ? rootFieldsOf(document, operation.selectionSet) : []) {
    const known = (root as GraphQLObjectType).getFields()[name]?.args ?? [];
    for (const { name: argument, type } of known) {
      const node = args.get(argument);
      if (!node) continue;
      const counted = countIn(type, valueFromASTUntyped(node, given));
      cost += counted.cost;
      most = Math.max(most, counted.rows);
    }
  }
  return { cost, times: Math.max(1, most / assumedListSize) };
}

const none = { cost: 0, rows: 0 };

function countIn(type: GraphQLInputType, value: unknown): { cost: number; rows: number } {
  const nullable = getNullableType(type);
  if (value == null) return none;
  if (isListType(nullable)) {
    const named = getNamedType(nullable);
    if (!isInputObjectType(named)) return none;
    const entries: unknown[] = Array.isArray(value) ? value : [value];
    const inner = sum(entries.map((entry) => countIn(nullable.ofType, entry)));
    return { cost: inner.cost + entries.length * costOf(named), rows: inner.rows + entries.length };
  }
  if (!isInputObjectType(nullable) || typeof value !== "object") return none;
  const fields = nullable.getFields();
  return sum(
    Object.entries(value).map(([name, part]) => (fields[name] ? countIn(fields[name].type, part) : none)),
  );
}

function sum(counts: readonly { cost: number; rows: number }[]): { cost: number; rows: number } {
  let [cost, rows] = [0, 0];
  for (const one of counts) {
    cost += one.cost;
    rows += one.rows;
  }
  return { cost, rows };
}

type Arguments = ReadonlyMap<string, Parameters<typeof valueFromASTUntyped>[0]>;

/** The fields that a mutation runs, those of fragments each time that they are spread. */
function rootFieldsOf(document: DocumentNode, set: SelectionSetNode): { name: string; args: Arguments }[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFieldsOf(document, selection.selectionSet);
    if (selection.kind === Kind.FIELD) {
      const args = (selection.arguments ?? []).map(({ name, value }) => [name.value, value] as const);
      return [{ name: selection.name.value, args: new Map(args) }];
    }
    const named = document.definitions.find(
      (part): part is FragmentDefinitionNode =>
        part.kind === Kind.FRAGMENT_DEFINITION && part.name.value === selection.name.value,
    );
    return named ? rootFieldsOf(document, named.selectionSet) : [];
  });
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );
}
