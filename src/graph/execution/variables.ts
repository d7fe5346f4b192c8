import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  type VariableDefinitionNode,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
} from "graphql";

type Given = Readonly<Record<string, unknown>>;

/** Reads the variables of a request: their values, or what is wrong with them. */
export type ReadVariables = (given: Given) => ReturnType<typeof getVariableValues>;

/** Reads a value of JSON as its type wants it; `unread` where graphql-js is to say what is wrong with it. */
type Read = (value: unknown) => unknown;

const unread = Symbol("unread");
const readers = new WeakMap<GraphQLInputType, Read>();

interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly read: Read;
  readonly defaultValue: VariableDefinitionNode["defaultValue"];
}

/**
 * Makes ready what reads the variables of an operation. Types are looked at once, and not again for each value, of which a
 * batch has thousands. What is not as it should be is read again by graphql-js, which tells why.
 */
export function variableReader(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): ReadVariables {
  const variables = definitions.flatMap(({ variable, type: node, defaultValue }): Variable[] => {
    const type = typeFromAST(schema, node as never);
    return isInputType(type) ? [{ name: variable.name.value, type, read: readerOf(type), defaultValue }] : [];
  });
  return (given) => {
    // Names are the caller's: of an object as any other, `__proto__` would not be one.
    const coerced: Record<string, unknown> = Object.create(null);
    for (const { name, type, read, defaultValue } of variables) {
      const isGiven = Object.hasOwn(given, name);
      if (!isGiven && !defaultValue && !isNonNullType(type)) continue;
      const value = isGiven ? read(given[name]) : defaultValue ? valueFromAST(defaultValue, type) : unread;
      if (value === unread) {
        return getVariableValues(schema, definitions, given, { maxErrors: 50, hideSuggestions: true });
      }
      coerced[name] = value;
    }
    return { coerced };
  };
}

function readerOf(type: GraphQLInputType): Read {
  let read = readers.get(type);
  if (!read) {
    read = makeReader(type);
    readers.set(type, read);
  }
  return read;
}

function makeReader(type: GraphQLInputType): Read {
  if (isNonNullType(type)) {
    const read = readerOf(type.ofType);
    return (value) => (value == null ? unread : read(value));
  }
  if (isListType(type)) return listReader(readerOf(type.ofType));
  return isInputObjectType(type) ? objectReader(type) : leafReader(type);
}

function listReader(read: Read): Read {
  return (value) => {
    if (value == null) return null;
    const given: readonly unknown[] = Array.isArray(value) ? value : [value];
    const items: unknown[] = [];
    for (const one of given) {
      const item = read(one);
      if (item === unread) return unread;
      items.push(item);
    }
    return items;
  };
}

interface Field {
  readonly name: string;
  readonly read: Read;
  readonly required: boolean;
  readonly defaultValue: unknown;
}

function objectReader(type: GraphQLInputObjectType): Read {
  // Input objects may hold themselves, so their fields are looked at when the first one is read.
  let fields: readonly Field[] | undefined;
  return (value) => {
    if (value == null) return null;
    if (typeof value !== "object" || Array.isArray(value)) return unread;
    fields ??= Object.values(type.getFields()).map(({ name, type: fieldType, defaultValue }) => ({
      name,
      read: readerOf(fieldType),
      required: isNonNullType(fieldType),
      defaultValue,
    }));
    return readFields(fields, value as Given, type.isOneOf);
  };
}

function readFields(fields: readonly Field[], given: Given, isOneOf: boolean): unknown {
  const coerced: Record<string, unknown> = {};
  let known = 0;
  let unset = false;
  for (const { name, read, required, defaultValue } of fields) {
    const sent = given[name];
    if (sent === undefined) {
      if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (required) return unread;
      continue;
    }
    const value = read(sent);
    if (value === unread) return unread;
    unset ||= value === null;
    coerced[name] = value;
    known++;
  }
  for (const name in given) if (Object.hasOwn(given, name)) known--;
  const isWhole = known === 0 && !(isOneOf && (unset || Object.keys(coerced).length !== 1));
  return isWhole ? coerced : unread;
}

function leafReader(type: GraphQLLeafType): Read {
  return (value) => {
    if (value == null) return null;
    try {
      const read = type.parseValue(value);
      return read === undefined ? unread : read;
    } catch {
      return unread;
    }
  };
}
