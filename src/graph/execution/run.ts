import { type GraphQLError, type GraphQLResolveInfo, locatedError } from "graphql";
import { AnswerTooLarge, errorSize } from "./answer-size.ts";
import { type Path, infoOf, pathOf } from "./info.ts";
import type { Hole } from "./pieces.ts";
import type { FieldPlan, Origin, ValuePlan, Variables } from "./plan.ts";

/** One run of an operation. */
export interface Run {
  readonly origin: Origin;
  readonly variables: Variables;
  readonly context: unknown;
  readonly errors: GraphQLError[];
  /** The arguments of fields, by the fields' places: the same object for all of a run. */
  readonly arguments: (Readonly<Record<string, unknown>> | undefined)[];
  /** The fields that are to be asked of whole levels, as far as their objects are known. */
  readonly levels: Map<FieldPlan, Asked>;
  /** How many bytes the answer may have beside those that were made already. */
  left: number;
  /** How many values are on their way. */
  pending: number;
  /** Called when the last one is there. */
  whenDone: (() => void) | undefined;
}

/** Of which objects a field is asked, where they stand, and where its values go. */
export interface Asked {
  readonly sources: unknown[];
  readonly above: (Path | undefined)[];
  readonly holes: Hole[];
}

/** Where a value stands: in the field of the object that `above` leads to, or at a place of the list that it leads to. */
export type Place = number;
export const inField: Place = -1;

export function spoil(
  run: Run,
  hole: Hole,
  value: ValuePlan,
  error: unknown,
  above: Path | undefined,
  place: Place,
): void {
  try {
    hole.piece = failed(run, value, error, above, place);
  } catch (located) {
    hole.error = located as GraphQLError;
  }
}

/** Counts what has been made of the answer. Throws when that is more than there may be. */
export function grow(run: Run, bytes: number): void {
  run.left -= bytes;
  if (run.left < 0) throw new AnswerTooLarge();
}

/** Tells the error of a value and puts null in its place; throws it, located, where null cannot be. */
export function failed(
  run: Run,
  value: ValuePlan,
  error: unknown,
  above: Path | undefined,
  place: Place,
): "null" {
  if (error instanceof AnswerTooLarge) throw error;
  const located = locatedError(error, value.field.nodes, listPath(pathTo(value, above, place)));
  if (!value.nullable) throw located;
  grow(run, located.message.length + errorSize);
  run.errors.push(located);
  return "null";
}

export function pathTo({ field }: ValuePlan, above: Path | undefined, place: Place): Path {
  return place === inField ? pathOf(field, above) : { prev: above, key: place, typename: undefined };
}

function listPath(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let step: Path | undefined = path; step; step = step.prev) keys.push(step.key);
  return keys.toReversed();
}

/** What is told of a field when one of its values is looked at. */
export function infoFor(
  run: Run,
  { field }: ValuePlan,
  above: Path | undefined,
  place: Place,
): GraphQLResolveInfo {
  let parent = above;
  if (place !== inField) {
    while (typeof parent?.key === "number") parent = parent.prev;
    parent = parent?.prev;
  }
  return infoOf(field, run.origin, run.variables, parent);
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}
