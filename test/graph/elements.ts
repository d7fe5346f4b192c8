import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  isSpecifiedScalarType,
} from "graphql";

/** A field of an object or interface type. */
export interface Field {
  /** `Customer.email`. */
  readonly path: string;
  readonly parent: GraphQLNamedType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** A value that callers give: an argument or a field of an input. */
export interface Given {
  /** `Query.customer(id:)` or `CustomerFilter.search`. */
  readonly path: string;
  readonly given: GraphQLArgument | GraphQLInputField;
}

/** The types of a schema that are its own, not GraphQL's. */
export function typesOf(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type),
  );
}

export function fieldsOf(schema: GraphQLSchema): Field[] {
  return typesOf(schema).flatMap((parent) =>
    isObjectType(parent) || isInterfaceType(parent)
      ? Object.values(parent.getFields()).map((field) => ({
          path: `${parent.name}.${field.name}`,
          parent,
          field,
        }))
      : [],
  );
}

export function givensOf(schema: GraphQLSchema): Given[] {
  const args = fieldsOf(schema).flatMap(({ path, field }) =>
    field.args.map((given) => ({ path: `${path}(${given.name}:)`, given })),
  );
  const inputs = typesOf(schema).flatMap((type) =>
    isInputObjectType(type)
      ? Object.values(type.getFields()).map((given) => ({ path: `${type.name}.${given.name}`, given }))
      : [],
  );
  return [...args, ...inputs];
}

export function enumValuesOf(
  schema: GraphQLSchema,
): { path: string; name: string; description: string | null | undefined }[] {
  return typesOf(schema).flatMap((type) =>
    isEnumType(type)
      ? type.getValues().map(({ name, description }) => ({ path: `${type.name}.${name}`, name, description }))
      : [],
  );
}

/** Whether a type is a list, required or not. */
export function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** The entity that a field gives, in a list or in a connection too; null when it gives none. */
export function entityOf(type: GraphQLOutputType, entities: readonly string[]): string | null {
  const named = getNamedType(type);
  if (entities.includes(named.name)) return named.name;
  const of = named.name.replace(/Connection$/, "");
  return named instanceof GraphQLObjectType && of !== named.name && entities.includes(of) ? of : null;
}

/** The smallest value that a required argument or input field of this type takes, as a variable; texts are `text`. */
export function sampleOf(type: GraphQLInputType, text: string): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType, text);
  // A row, where there is an answer to each.
  if (isListType(type)) return isInputObjectType(getNamedType(type)) ? [sampleOf(type.ofType, text)] : [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return text;
  const fields = Object.values(type.getFields());
  const given = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
  return Object.fromEntries(given.map((field) => [field.name, sampleOf(field.type, text)]));
}
