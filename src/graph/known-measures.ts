import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { type Measure, measure } from "./measure.ts";

type Variables = Readonly<Record<string, unknown>>;

interface Known {
  readonly sizedBy: readonly string[];
  /** The measures by what the variables say that sizes are taken from. */
  readonly measures: Map<string, Measure>;
}

/** How many measures of one operation are kept: most are asked with a few sizes. */
const mostMeasures = 100;

/** Measures operations, and those that are kept once for each set of sizes in their variables. */
export function measurer(schema: GraphQLSchema, largestSize: number) {
  const known = new WeakMap<OperationDefinitionNode, Known>();
  return (document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): Measure => {
    const before = known.get(operation);
    const found = before?.measures.get(sizesIn(variables, before.sizedBy));
    if (found) return found;
    const measured = measure(schema, document, operation, variables, largestSize);
    const { sizedBy, faults } = measured;
    // A fault tells of a value, and not just of a size.
    if (faults.length) return measured;
    const { measures } = before ?? { measures: new Map<string, Measure>() };
    if (!before) known.set(operation, { sizedBy, measures });
    if (measures.size >= mostMeasures) measures.clear();
    measures.set(sizesIn(variables, sizedBy), measured);
    return measured;
  };
}

function sizesIn(variables: Variables, names: readonly string[]): string {
  let sizes = "";
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (Array.isArray(value)) sizes += `[${value.length}] `;
    else sizes += value === null || typeof value === "number" ? `${value} ` : `${typeof value} `;
  }
  return sizes;
}
