import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  getArgumentValues,
  getNamedType,
  isObjectType,
} from "graphql";

/** Whether a field below this one was selected, by its path. Aliases and fragments are not in the workloads. */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return find(info, path) !== undefined;
}

/** The arguments of a field below this one. */
export function argumentsOf(info: GraphQLResolveInfo, path: readonly string[]): Record<string, unknown> {
  const found = find(info, path);
  if (!found) return {};
  const { field, type } = found;
  const definition = type.getFields()[field.name.value];
  return definition ? getArgumentValues(definition, field, info.variableValues) : {};
}

function find(info: GraphQLResolveInfo, path: readonly string[]) {
  let field = info.fieldNodes[0] as FieldNode;
  let type = getNamedType(info.returnType);
  for (const [depth, name] of path.entries()) {
    const next = field.selectionSet?.selections.find(
      (selection) => selection.kind === Kind.FIELD && selection.name.value === name,
    ) as FieldNode | undefined;
    if (!next || !isObjectType(type)) return undefined;
    if (depth === path.length - 1) return { field: next, type };
    field = next;
    type = getNamedType(type.getFields()[name]?.type ?? type);
  }
  return undefined;
}
