/* oxlint-disable typescript/no-explicit-any -- arguments are what documents say */
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
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
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

const windowSeconds = { MINUTE: 60, HOUR: 3_600, DAY: 86_400, WEEK: 7 * 86_400, MONTH: 30 * 86_400 };

/** The factors of `@sizedBy`, as its description has them, of spans that are given or left out as a whole. */
const usageFactors = {
  meterIds: ({ meterIds }: any): number => meterIds?.length ?? 100,
  groupBy: ({ groupBy }: any): number => (groupBy ? 101 : 1),
  window: ({ from, to, window = "DAY" }: any): number => {
    const seconds = from && to ? (Date.parse(to) - Date.parse(from)) / 1_000 : 31 * 86_400;
    const length = windowSeconds[window as keyof typeof windowSeconds];
    return Math.min(1_500, Math.ceil(seconds / length) + 1);
  },
};

/**
 * The cost of an operation by the GraphQL cost specification: what `@cost` and `@listSize`, and `@sizedBy` beside them, in the SDL that
 * `schema` was built from say, and nothing else.
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
      .filter((selection) => {
        const included = getDirectiveValues(GraphQLIncludeDirective, selection, withDefaults)?.["if"] ?? true;
        return included && !getDirectiveValues(GraphQLSkipDirective, selection, withDefaults)?.["if"];
      })
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
    // Introspection is no part of the SDL.
    if (name.startsWith("__")) return 0;
    const field = (parent as { getFields?(): Record<string, GraphQLField<unknown, unknown>> }).getFields!()[
      name
    ]!;
    const type = getNamedType(field.type);
    if (isLeafType(type) || !node.selectionSet) return weightOf(field) ?? 0;
    const rule = directive("listSize", field) as ListSize | undefined;
    const factors = directive("sizedBy", field)?.["factors"] as readonly (keyof typeof usageFactors)[];
    const size = rule ? sizeBy(rule, node) : factors ? sizeByFactors(factors, node) : 1;
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

  const sizeByFactors = (factors: readonly (keyof typeof usageFactors)[], node: FieldNode): number => {
    const args = Object.fromEntries(
      (node.arguments ?? []).map(({ name, value }) => [
        name.value,
        valueFromASTUntyped(value, withDefaults as Record<string, unknown>),
      ]),
    );
    return factors.map((factor) => usageFactors[factor](args)).reduce((product, one) => product * one, 1);
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
