import { type GraphQLField, type GraphQLNamedType, isListType, isNonNullType } from "graphql";

type Field = GraphQLField<unknown, unknown>;

/** How many rows a list is taken to have that says nothing of it and takes no `first` or `last`. */
export const assumedListSize = 25;

/** Gives what an argument is by the document and the variables; undefined where it is left out. */
export type Given = (argument: string) => unknown;

/** How many rows a list can have at most by its arguments. Each factor is named by the argument that decides it. */
export interface SizeRule {
  readonly factors: readonly string[];
  /** `now` tells the time in milliseconds: a size that was asked for it holds for that moment only. */
  readonly size: (given: Given, now: () => number) => number;
}

interface Priced {
  readonly cost?: number;
  readonly size?: SizeRule;
  readonly assumedSize?: number;
}

const priceOf = ({ extensions }: Field): Priced => extensions as Priced;

/** Prices a field that gives no object but costs as much as reading `cost` of them. To be spread into the field's options. */
export function weighs(cost: number) {
  return { extensions: { cost } };
}

/** What a field costs that gives no object. */
export function weightOf(field: Field): number {
  return priceOf(field).cost ?? 0;
}

/** Prices a list by its arguments. For the extensions of a field. */
export function sizedBy(size: SizeRule): Pick<Priced, "size"> {
  return { size };
}

export function sizeRuleOf(field: Field): SizeRule | undefined {
  return priceOf(field).size;
}

/** Prices a list whose rows the list around it has been priced by already. To be spread into the field's options. */
export function pricedAbove() {
  return { extensions: { assumedSize: 1 } };
}

export function assumedSizeOf(field: Field): number {
  return priceOf(field).assumedSize ?? assumedListSize;
}

/** The fields of a connection that hold the rows of its page. */
export const rowFields: readonly string[] = ["edges", "nodes"];

export function isConnection(type: GraphQLNamedType): boolean {
  return type.name.endsWith("Connection");
}

/** Whether a field gives the rows of the connection that it is a field of. */
export function isRows(parent: GraphQLNamedType, field: string): boolean {
  return isConnection(parent) && rowFields.includes(field);
}

export function isList({ type }: Field): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
