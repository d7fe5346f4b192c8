import { defaultFieldResolver, getArgumentValues } from "graphql";
import { type Path, infoOf } from "./info.ts";
import type { FieldPlan } from "./plan.ts";
import type { Run } from "./run.ts";

/** What the resolver of a field gives for an object. */
export function resolve(run: Run, field: FieldPlan, source: unknown, above: Path | undefined): unknown {
  const { resolve: resolver } = field.definition;
  if (!resolver && typeof source === "object" && source !== null) {
    const property = (source as Record<string, unknown>)[field.name];
    if (typeof property !== "function") return property;
  }
  const args = argumentsOf(run, field);
  if (field.passesInfo) {
    const info = infoOf(field, run.origin, run.variables, above);
    return (resolver ?? defaultFieldResolver)(source, args, run.context, info);
  }
  return (resolver as Brief)(source, args, run.context);
}

/** A resolver that takes no fourth argument. */
type Brief = (source: unknown, args: object, context: unknown) => unknown;

/** The arguments of a field: the same object for all of a run. */
export function argumentsOf(run: Run, field: FieldPlan): Readonly<Record<string, unknown>> {
  const { fixedArguments, definition, index, nodes } = field;
  if (fixedArguments) return fixedArguments;
  return (run.arguments[index] ??= getArgumentValues(definition, nodes[0]!, run.variables));
}
