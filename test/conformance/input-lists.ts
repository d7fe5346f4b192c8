import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** A place of a document where a list can be sent. */
export interface ListPlace {
  /** What the list is of: `Input.field`, or `Type.field(argument)`. */
  readonly element: string;
  readonly parent: string;
  readonly field: string;
  readonly argument: GraphQLArgument;
  /** Where in the argument it stands. */
  readonly path: readonly string[];
}

/** All places of a graph where a list can be sent. */
export function listPlaces(schema: GraphQLSchema): ListPlace[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith("__")) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.flatMap((argument) =>
        listsIn(argument.type, `${type.name}.${field.name}(${argument.name})`).map(({ element, path }) => ({
          element,
          parent: type.name,
          field: field.name,
          argument,
          path,
        })),
      ),
    );
  });
}

function listsIn(
  type: GraphQLInputType,
  element: string,
  path: readonly string[] = [],
  above: readonly string[] = [],
): { element: string; path: readonly string[] }[] {
  const nullable = getNullableType(type);
  const own = isListType(nullable) ? [{ element, path }] : [];
  const item = isListType(nullable) ? getNullableType(nullable.ofType) : nullable;
  if (!isInputObjectType(item) || above.includes(item.name)) return own;
  const inner = Object.values(item.getFields()).flatMap((field) =>
    listsIn(field.type, `${item.name}.${field.name}`, [...path, field.name], [...above, item.name]),
  );
  return [...own, ...inner];
}

/** A value of a type with nothing in it that need not be, but for a list of so many entries where `path` leads to. */
export function valueWith(type: GraphQLInputType, path: readonly string[], entries: number): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    if (path.length) return [valueWith(nullable.ofType, path, entries)];
    return Array.from({ length: entries }, () => least(nullable.ofType));
  }
  if (!isInputObjectType(nullable)) return least(type);
  const [next, ...rest] = path;
  const fields = nullable.getFields();
  const chosen = fields[next ?? ""];
  const value = chosen
    ? { ...beside[chosen.name], [chosen.name]: valueWith(chosen.type, rest, entries) }
    : {};
  if (nullable.isOneOf) return value;
  const others = Object.values(fields).filter((field) => field !== chosen && isRequired(field));
  return { ...Object.fromEntries(others.map((field) => [field.name, least(field.type)])), ...value };
}

/** What a list is looked at only with. */
const beside: Readonly<Record<string, object>> = { tiers: { billingScheme: "TIERED" } };

const isRequired = ({ type, defaultValue }: GraphQLInputField): boolean =>
  isNonNullType(type) && defaultValue === undefined;

const scalars: Readonly<Record<string, unknown>> = {
  ID: "01900000-0000-7000-8000-000000000000",
  String: "a",
  Int: 1,
  SafeInt: 1,
  Boolean: true,
  Decimal: "1",
  DateTime: "2026-01-01T00:00:00Z",
  Currency: "USD",
  JSONObject: {},
};

/** The smallest value of a type. */
export function least(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [least(nullable.ofType)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (!isInputObjectType(nullable)) return scalars[nullable.name];
  const fields = Object.values(nullable.getFields());
  const needed = nullable.isOneOf ? fields.slice(0, 1) : fields.filter(isRequired);
  return Object.fromEntries(needed.map((field) => [field.name, least(field.type)]));
}
