import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";

/** What an object of introspection weighs: it is read from memory, and not from the database. */
export const introspectionWeight = 0.05;

type Sizes = ReadonlyMap<string, number>;

const known = new WeakMap<GraphQLSchema, Sizes>();

/** How many objects the lists of introspection have, by their types and fields: of those that have any, the average. */
export function introspectionSizes(schema: GraphQLSchema): Sizes {
  let sizes = known.get(schema);
  if (!sizes) known.set(schema, (sizes = sizesOf(schema)));
  return sizes;
}

function sizesOf(schema: GraphQLSchema): Sizes {
  const types = Object.values(schema.getTypeMap());
  const fieldsOf = (type: GraphQLNamedType) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const args = types.flatMap((type) => fieldsOf(type).map((field) => field.args.length));
  const ofTypes = (count: (type: GraphQLNamedType) => number) => averageOf(types.map(count));
  return new Map([
    ["__Schema.types", types.length],
    ["__Schema.directives", schema.getDirectives().length],
    ["__Directive.args", averageOf(schema.getDirectives().map((directive) => directive.args.length))],
    ["__Field.args", averageOf(args)],
    ["__Type.fields", ofTypes((type) => fieldsOf(type).length)],
    ["__Type.inputFields", ofTypes((type) => (isInputObjectType(type) ? lengthOf(type.getFields()) : 0))],
    ["__Type.enumValues", ofTypes((type) => (isEnumType(type) ? type.getValues().length : 0))],
    ["__Type.interfaces", ofTypes((type) => (isObjectType(type) ? type.getInterfaces().length : 0))],
    [
      "__Type.possibleTypes",
      ofTypes((type) =>
        isUnionType(type) || isInterfaceType(type) ? schema.getPossibleTypes(type).length : 0,
      ),
    ],
  ]);
}

const lengthOf = (fields: object): number => Object.keys(fields).length;

function averageOf(counts: readonly number[]): number {
  const some = counts.filter((count) => count > 0);
  return some.length ? Math.ceil(some.reduce((sum, count) => sum + count, 0) / some.length) : 1;
}
