import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  GraphQLSchema,
  type InputObjectTypeDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  parse,
  print,
  printSchema,
} from "graphql";
import type { Scope } from "../kit/scopes.ts";
import { type ListSize, directives, use } from "./directives.ts";
import { entityNames, scopeOf } from "./entities.ts";
import { rowCostOf } from "./input-rows.ts";
import { defaultSize } from "./pages.ts";
import { assumedSizeOf, isConnection, isList, isRows, rowFields, sizeRuleOf, weightOf } from "./sizes.ts";

/**
 * The SDL of the graph, with what introspection cannot tell: `@requiresScope` where a scope is asked for, and the prices
 * of `measure` as `@cost`, `@listSize` and `@sizedBy`.
 */
export function printGraph(schema: GraphQLSchema): string {
  const known = [...schema.getDirectives(), ...Object.values(directives)];
  const sdl = printSchema(new GraphQLSchema({ ...schema.toConfig(), directives: known })) + "\n";
  // The uses are put into the text, because printing the parsed document would lose its blank lines.
  let printed = "";
  let done = 0;
  for (const node of parse(sdl).definitions) {
    if (!printable.has(node.kind)) continue;
    for (const { at, uses } of usesIn(node as WithFields, schema)) {
      printed += [sdl.slice(done, at), ...uses.map(print)].join(" ");
      done = at;
    }
  }
  return printed + sdl.slice(done);
}

/** What is to stand at an offset of the text. */
interface Uses {
  readonly at: number;
  readonly uses: readonly ConstDirectiveNode[];
}

type WithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode;

const printable: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
]);

function usesIn(node: WithFields, schema: GraphQLSchema): Uses[] {
  const type = schema.getType(node.name.value);
  if (isInputObjectType(type)) return usesOnInput(node, type);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = type.getFields();
  const heading = ("interfaces" in node && node.interfaces?.at(-1)) || node.name;
  const all = [
    { at: heading.loc?.end ?? 0, uses: usesOnType(type, schema) },
    ...(node.fields ?? []).map(({ loc, name }) => {
      const field = fields[name.value];
      return { at: loc?.end ?? 0, uses: field ? usesOnField(type, field) : [] };
    }),
  ];
  return all.filter(({ uses }) => uses.length > 0);
}

function usesOnInput({ fields }: WithFields, type: GraphQLInputObjectType): Uses[] {
  return (fields ?? []).flatMap(({ loc, name }) => {
    const field = type.getFields()[name.value];
    const weight = field ? rowCostOf(field) : 0;
    return weight ? [{ at: loc?.end ?? 0, uses: [use(directives.cost, { weight: String(weight) })] }] : [];
  });
}

function usesOnType(type: GraphQLNamedType, schema: GraphQLSchema): ConstDirectiveNode[] {
  if (type === schema.getQueryType() || type === schema.getMutationType()) {
    return [use(directives.cost, { weight: "0" })];
  }
  const entity = entityNames().find((name) => name === type.name);
  return entity ? [use(directives.requiresScope, { scope: scopeOf(entity) })] : [];
}

function usesOnField(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): ConstDirectiveNode[] {
  const uses: ConstDirectiveNode[] = [];
  const type = getNamedType(field.type);
  if (!isLeafType(type) && (isList(field) || isConnection(type))) {
    uses.push(use(directives.cost, { weight: "1" }));
    // The connection that they belong to says how many they are.
    const rule = sizeRuleOf(field);
    if (rule) uses.push(use(directives.sizedBy, { factors: rule.factors }));
    else if (!isRows(parent, field.name)) uses.push(use(directives.listSize, listSizeOf(field)));
  }
  const weight = weightOf(field);
  if (weight) uses.push(use(directives.cost, { weight: String(weight) }));
  const scope = scopeAskedBy(field);
  if (scope) uses.push(use(directives.requiresScope, { scope }));
  return uses;
}

/** How `measure` finds the size of a list, or of the connection that a field gives. */
function listSizeOf(field: GraphQLField<unknown, unknown>): ListSize {
  const takes = (name: string): boolean => field.args.some((arg) => arg.name === name);
  if (takes("ids")) return { slicingArguments: ["ids"] };
  if (!takes("first")) return { assumedSize: assumedSizeOf(field) };
  return {
    assumedSize: defaultSize,
    slicingArguments: ["first", "last"],
    ...(isConnection(getNamedType(field.type)) && { sizedFields: rowFields }),
    requireOneSlicingArgument: false,
  };
}

/** The scope that the resolver of a field asks for. */
function scopeAskedBy({ extensions }: GraphQLField<unknown, unknown>): Scope | undefined {
  const { authScopes } = (extensions["pothosOptions"] ?? {}) as { authScopes?: { scope?: Scope } };
  return authScopes?.scope;
}
