import { requestError } from "../../graph/errors.ts";
import type { Measure } from "../../graph/measure.ts";
import { limits } from "./limits.ts";

/** Refuses an operation that is larger than any may be, or that asks for a page of an impossible size. */
export function checkMeasure(measured: Measure): void {
  const [fault] = measured.faults;
  if (fault) throw requestError("INVALID_REQUEST", fault);
  for (const name of ["depth", "aliases", "directives", "rootFields", "cost"] as const) {
    if (measured[name] <= limits[name]) continue;
    throw requestError(
      "INVALID_REQUEST",
      `The operation has ${words[name]} ${measured[name]}; at most ${limits[name]} will do.`,
      {
        limit: { name, most: limits[name], requested: measured[name] },
      },
    );
  }
}

const words = {
  depth: "a depth of",
  aliases: "so many aliases:",
  directives: "so many directives:",
  rootFields: "so many root fields:",
  cost: "a cost of",
};

/** Refuses variables that lie deeper within each other than any input does. */
export function checkVariables(variables: unknown): void {
  if (typeof variables !== "object" || variables === null || Array.isArray(variables)) {
    throw requestError("INVALID_REQUEST", "variables must be a JSON object.");
  }
  if (isDeeper(variables, limits.variableDepth)) {
    throw requestError("INVALID_REQUEST", `variables may be at most ${limits.variableDepth} levels deep.`);
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}
