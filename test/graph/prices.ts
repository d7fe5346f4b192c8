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
  getDirectiveValues,
  getNamedType,
  isLeafType,
  isObjectType,
  valueFromASTUntyped,
} from "graphql";
import { isList } from "./elements.ts";

interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

/**
 * The cost of an operation by the GraphQL cost specification: what `@cost` and `@listSize` in the SDL that `schema` was
 * built from say, and nothing else.
 */
export function priceOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const directive = (name: string, element: { readonly astNode?: unknown }) =>
    getDirectiveValues(schema.getDirective(name)!, (element.astNode ?? {}) as never);
  const weightOf = (element: { readonly astNode?: unknown }): number | undefined => {
    const values = directive("cost", element);
    return values && Number(values["weight"]);
  };

  const ofSet = (set: SelectionSetNode, type: GraphQLNamedType, sizes: ReadonlyMap<string, number>): number =>
    set.selections
      .map((selection) => {
        if (selection.kind === Kind.FIELD) return ofField(selection, type, sizes);
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(selection.name.value);
        const narrowed = fragment.typeCondition?.name.value;
        return ofSet(fragment.selectionSet, narrowed ? schema.getType(narrowed)! : type, sizes);
      })
      .reduce((sum, price) => sum + price, 0);

  const ofField = (node: FieldNode, parent: GraphQLNamedType, sizes: ReadonlyMap<string, number>): number => {
    const name = node.name.value;
    // Introspection is no part of the SDL: all that is asked of it is one object.
    if (name.startsWith("__")) return node.selectionSet ? 1 : 0;
    const field = (parent as { getFields?(): Record<string, GraphQLField<unknown, unknown>> }).getFields!()[
      name
    ]!;
    const type = getNamedType(field.type);
    if (isLeafType(type) || !node.selectionSet) return weightOf(field) ?? 0;
    const rule = directive("listSize", field) as ListSize | undefined;
    const size = rule ? sizeBy(rule, node) : 1;
    const weight = weightOf(field) ?? (isObjectType(type) ? weightOf(type) : undefined) ?? 1;
    const sized = new Map(rule?.sizedFields?.map((sizedField) => [sizedField, size]));
    const each = weight + ofSet(node.selectionSet, type, sized);
    return (isList(field.type) ? (sizes.get(name) ?? size) : 1) * each;
  };

  const sizeBy = ({ assumedSize, slicingArguments = [] }: ListSize, node: FieldNode): number => {
    const given = slicingArguments.flatMap((name) => {
      const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
      const known = value && valueFromASTUntyped(value, withDefaults as Record<string, unknown>);
      if (known == null) return [];
      return [typeof known === "number" ? known : Array.isArray(known) ? known.length : 1];
    });
    return given.length ? Math.max(...given) : (assumedSize ?? 1);
  };

  const fragmentOf = (name: string): FragmentDefinitionNode =>
    document.definitions.find(
      (part): part is FragmentDefinitionNode =>
        part.kind === Kind.FRAGMENT_DEFINITION && part.name.value === name,
    )!;
  const defaults = operation.variableDefinitions?.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
  );
  const withDefaults = { ...Object.fromEntries(defaults ?? []), ...variables };
  const root = schema.getRootType(operation.operation)!;
  return (weightOf(root) ?? 1) + ofSet(operation.selectionSet, root, new Map());
}
