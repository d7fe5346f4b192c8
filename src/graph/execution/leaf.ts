import { type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from "graphql";

/** Writes a value of a leaf type, which is not null, as JSON. Throws for what is no value of the type. */
export type WriteLeaf = (value: unknown) => string;

const writers = new WeakMap<GraphQLLeafType, WriteLeaf>();

/** The writer of a scalar or an enum. */
export function leafWriter(type: GraphQLLeafType): WriteLeaf {
  let writer = writers.get(type);
  if (!writer) {
    writer = makeWriter(type);
    writers.set(type, writer);
  }
  return writer;
}

/** Writes the usual values of a scalar as JSON in a short way; undefined for all others, which are written as it serializes them. */
export type ShortWriter = (value: unknown) => string | undefined;

/** Gives a scalar a short way to write its usual values. To be spread into its options. */
export function writes(short: ShortWriter) {
  return { extensions: { writes: short } };
}

function makeWriter(type: GraphQLLeafType): WriteLeaf {
  const serialized: WriteLeaf = (value) => {
    const told: unknown = type.serialize(value);
    if (typeof told === "string") return quote(told);
    if (told == null) throw new TypeError(`${type.name} gives ${String(told)} for a value that is not null`);
    return JSON.stringify(told);
  };
  if (isEnumType(type)) return enumWriter(serialized);
  const { writes: short } = type.extensions as { readonly writes?: ShortWriter };
  if (short) return (value) => short(value) ?? serialized(value);
  if (!isSpecifiedScalarType(type)) return serialized;
  switch (type.name) {
    case "Int":
      return (value) =>
        typeof value === "number" && (value | 0) === value && value !== 0 ? `${value}` : serialized(value);
    case "Boolean":
      return (value) => (value === true ? "true" : value === false ? "false" : serialized(value));
    case "ID":
    case "String":
      return (value) => (typeof value === "string" ? quote(value) : serialized(value));
    default:
      return serialized;
  }
}

/** The values of an enum are few and texts. */
function enumWriter(serialized: WriteLeaf): WriteLeaf {
  const known = new Map<unknown, string>();
  return (value) => {
    let text = known.get(value);
    if (text === undefined) {
      text = serialized(value);
      if (typeof value === "string") known.set(value, text);
    }
    return text;
  };
}

/** What JSON writes between quotes as it is. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** A text as JSON. */
export function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
