import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { LRUCache } from "lru-cache";
import { type Measure, measure } from "./measure.ts";

type Variables = Readonly<Record<string, unknown>>;

interface Known {
  readonly sizedBy: readonly string[];
  /** The measures by what the variables say that sizes are taken from. */
  readonly measures: LRUCache<string, Measure>;
}

/** How many measures of one operation are kept: most are asked with a few sizes. */
const mostMeasures = 100;

/** Measures operations, and those that are kept once for each set of sizes in their variables. */
export function measurer(schema: GraphQLSchema, largestSize: number) {
  const known = new WeakMap<OperationDefinitionNode, Known>();
  return (document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): Measure => {
    const before = known.get(operation);
    const given = before && givenIn(variables, before.sizedBy);
    const found = given === undefined ? undefined : before?.measures.get(given);
    if (found) return found;
    const measured = measure(schema, document, operation, variables, largestSize);
    const { sizedBy, faults, passing } = measured;
    // A fault tells of a value, and not just of a size. What a variable leaves out may have others in it.
    if (faults.length || passing) return measured;
    const { measures } = before ?? { measures: new LRUCache<string, Measure>({ max: mostMeasures }) };
    const names = before ? [...new Set([...before.sizedBy, ...sizedBy])] : sizedBy;
    // With other names, what is kept is found by other texts.
    if (names.length !== before?.sizedBy.length) known.set(operation, { sizedBy: names, measures });
    const key = givenIn(variables, names);
    if (key !== undefined) measures.set(key, measured);
    return measured;
  };
}

/** Texts that are longer are no instants, and no names of windows. */
const longestText = 60;

/** What variables say of sizes; undefined where that is too long to be kept. */
function givenIn(variables: Variables, names: readonly string[]): string | undefined {
  let sizes = "";
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (Array.isArray(value)) sizes += `[${value.length}] `;
    else if (typeof value === "string" && value.length > longestText) return undefined;
    else sizes += typeof value === "object" && value ? "object " : `${JSON.stringify(value)} `;
  }
  return sizes;
}
