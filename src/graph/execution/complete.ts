import { GraphQLError, type GraphQLObjectType, defaultTypeResolver, isObjectType } from "graphql";
import { type Path, infoOf } from "./info.ts";
import { type WrittenRow, isWritten } from "../../db/wire/form.ts";
import { Hole, Parts, type Piece, Range } from "./pieces.ts";
import { type FieldPlan, type ObjectPlan, type ValuePlan, type WrittenPlan, planBelow } from "./plan.ts";
import { argumentsOf, resolve } from "./resolve.ts";
import {
  type Asked,
  type Place,
  type Run,
  failed,
  grow,
  inField,
  infoFor,
  isPromise,
  pathTo,
  spoil,
} from "./run.ts";
import { writtenTogether } from "./written.ts";

/** The fields of an object that `path` leads to. Throws the located error of what must not be null and is. */
export function completeObject(
  run: Run,
  plan: ObjectPlan,
  source: unknown,
  path: Path | undefined,
  nullable: boolean,
): Piece {
  const { written } = plan;
  if (written && isWritten(source, written.parts))
    return completeWritten(run, written, source, path, nullable);
  grow(run, plan.size);
  let text = "{";
  let parts: Parts | undefined;
  for (const field of plan.fields) {
    const piece = field.constant ?? completeField(run, field, source, path);
    if (typeof piece === "string") {
      text += field.label + piece;
    } else {
      parts ??= new Parts(nullable);
      parts.parts.push(text + field.label, piece);
      text = "";
    }
  }
  if (!parts) return text + "}";
  parts.parts.push(text + "}");
  return parts;
}

/** A row that has been written but for its gaps. */
function completeWritten(
  run: Run,
  { gaps }: WrittenPlan,
  row: WrittenRow,
  path: Path | undefined,
  nullable: boolean,
): Piece {
  const { $sheet, $from, $to, $gaps } = row;
  grow(run, $to - $from);
  if (!gaps.length) return new Range($sheet, $from, $to);
  const parts: Piece[] = [];
  let from = $from;
  for (const [index, field] of gaps.entries()) {
    const to = $gaps[index]!;
    parts.push(new Range($sheet, from, to), completeField(run, field, row, path));
    from = to;
  }
  parts.push(new Range($sheet, from, $to));
  return new Parts(nullable, parts);
}

function completeField(run: Run, field: FieldPlan, source: unknown, above: Path | undefined): Piece {
  if (!field.level) return completeAlone(run, field, source, above);
  let asked = run.levels.get(field);
  if (!asked) {
    asked = { sources: [], above: [], holes: [] };
    run.levels.set(field, asked);
  }
  const hole = new Hole();
  asked.sources.push(source);
  asked.above.push(above);
  asked.holes.push(hole);
  return hole;
}

/** Asks the fields of levels for the values of all objects that are known by now. */
export function askLevels(run: Run): void {
  while (run.levels.size) {
    const levels = [...run.levels];
    run.levels.clear();
    for (const [field, asked] of levels) askLevel(run, field, asked);
  }
}

function askLevel(run: Run, field: FieldPlan, asked: Asked): void {
  const { sources, above, holes } = asked;
  const { value } = field;
  // Nobody will see what else there is.
  if (run.left < 0) return;
  const values = valuesOf(run, field, asked);
  const fillAll = (piece: (index: number) => Piece): void => {
    for (const [index, hole] of holes.entries()) {
      try {
        hole.piece = piece(index);
      } catch (error) {
        spoil(run, hole, value, error, above[index], inField);
      }
    }
  };
  if (!values) {
    for (const [index, hole] of holes.entries()) {
      try {
        hole.piece = completeAlone(run, field, sources[index], above[index]);
      } catch (located) {
        hole.error = located as GraphQLError;
      }
    }
    return;
  }
  const filled = (): void => {
    askLevels(run);
    if (--run.pending === 0) run.whenDone?.();
  };
  run.pending++;
  values.then(
    (list) => {
      fillAll((index) => complete(run, value, list[index], above[index], inField));
      filled();
    },
    (error: unknown) => {
      for (const [index, hole] of holes.entries()) spoil(run, hole, value, error, above[index], inField);
      filled();
    },
  );
}

/** None where the objects are to be asked one by one: where there are none, say, because of the arguments, each tells why. */
function valuesOf(run: Run, field: FieldPlan, { sources, above }: Asked): Promise<readonly unknown[]> | null {
  try {
    const info = infoOf(field, run.origin, run.variables, above[0]);
    return field.level?.(sources, argumentsOf(run, field), run.context, info) ?? null;
  } catch {
    return null;
  }
}

function completeAlone(run: Run, field: FieldPlan, source: unknown, above: Path | undefined): Piece {
  try {
    const result = resolve(run, field, source, above);
    if (isPromise(result)) return later(run, field.value, result, above, inField);
    return complete(run, field.value, result, above, inField);
  } catch (error) {
    return failed(run, field.value, error, above, inField);
  }
}

function complete(run: Run, value: ValuePlan, result: unknown, above: Path | undefined, place: Place): Piece {
  if (result == null) {
    if (value.nullable) return "null";
    const { parent, name } = value.field;
    throw new Error(`Cannot return null for non-nullable field ${parent.name}.${name}.`);
  }
  if (result instanceof Error) throw result;
  if (value.write) {
    const text = value.write(result);
    grow(run, text.length);
    return text;
  }
  if (value.item) return completeList(run, value, value.item, result, pathTo(value, above, place));
  if (value.objectType) return completeOne(run, value, value.objectType, result, above, place);
  return completeAbstract(run, value, result, above, place);
}

function completeList(run: Run, value: ValuePlan, item: ValuePlan, result: unknown, path: Path): Piece {
  if (typeof result !== "object" || !(Symbol.iterator in (result as object))) {
    const { parent, name } = value.field;
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${parent.name}.${name}".`);
  }
  const rows = writtenTogether(item, result as Iterable<unknown>);
  if (rows) {
    grow(run, rows.to - rows.from);
    return new Parts(value.nullable, ["[", rows, "]"]);
  }
  let text = "[";
  let parts: Parts | undefined;
  let place: Place = 0;
  for (const one of result as Iterable<unknown>) {
    if (place) text += ",";
    const piece = completeItem(run, item, one, path, place++);
    if (typeof piece === "string") {
      text += piece;
    } else {
      parts ??= new Parts(value.nullable);
      parts.parts.push(text, piece);
      text = "";
    }
  }
  if (!parts) return text + "]";
  parts.parts.push(text + "]");
  return parts;
}

function completeItem(run: Run, item: ValuePlan, result: unknown, path: Path, place: Place): Piece {
  try {
    if (isPromise(result)) return later(run, item, result, path, place);
    return complete(run, item, result, path, place);
  } catch (error) {
    return failed(run, item, error, path, place);
  }
}

function completeOne(
  run: Run,
  value: ValuePlan,
  type: GraphQLObjectType,
  result: unknown,
  above: Path | undefined,
  place: Place,
): Piece {
  const tell = (isOne: boolean): Piece => {
    if (!isOne)
      throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes: value.field.nodes });
    const plan = planBelow(run.origin, value, type);
    return completeObject(run, plan, result, pathTo(value, above, place), value.nullable);
  };
  if (!type.isTypeOf) return tell(true);
  const isOne = type.isTypeOf(result, run.context, infoFor(run, value, above, place));
  return isPromise(isOne) ? fill(run, value, isOne, tell, above, place) : tell(isOne);
}

function completeAbstract(
  run: Run,
  value: ValuePlan,
  result: unknown,
  above: Path | undefined,
  place: Place,
): Piece {
  const { schema } = run.origin;
  const abstractType = value.abstractType!;
  const tell = (name: string | undefined): Piece => {
    const type = name === undefined ? undefined : schema.getType(name);
    if (isObjectType(type) && schema.isSubType(abstractType, type)) {
      return completeOne(run, value, type, result, above, place);
    }
    throw new GraphQLError(`A ${abstractType.name} cannot be of the type ${name}.`, {
      nodes: value.field.nodes,
    });
  };
  const resolveType = abstractType.resolveType ?? defaultTypeResolver;
  const name = resolveType(result, run.context, infoFor(run, value, above, place), abstractType);
  return isPromise(name) ? fill(run, value, name, tell, above, place) : tell(name);
}

function later(
  run: Run,
  value: ValuePlan,
  promise: PromiseLike<unknown>,
  above: Path | undefined,
  place: Place,
): Piece {
  return fill(run, value, promise, (result) => complete(run, value, result, above, place), above, place);
}

/** A hole that is filled with what `tell` makes of the promised value. */
function fill<T>(
  run: Run,
  value: ValuePlan,
  promise: PromiseLike<T>,
  tell: (result: T) => Piece,
  above: Path | undefined,
  place: Place,
): Hole {
  const hole = new Hole();
  run.pending++;
  promise.then(
    (result) => {
      try {
        hole.piece = tell(result);
      } catch (error) {
        spoil(run, hole, value, error, above, place);
      }
      askLevels(run);
      if (--run.pending === 0) run.whenDone?.();
    },
    (error: unknown) => {
      spoil(run, hole, value, error, above, place);
      if (--run.pending === 0) run.whenDone?.();
    },
  );
  return hole;
}
