import { type DocumentNode, type IntrospectionOptions, getIntrospectionQuery, parse } from "graphql";
import type { Measure } from "../../graph/measure.ts";
import { fingerprintOf } from "./document-fingerprint.ts";

/** The options by which graphql-js, and all that is made with it, asks for a whole schema. */
const usualOptions: readonly IntrospectionOptions[] = [
  {},
  { descriptions: false },
  // GraphiQL.
  { schemaDescription: true, inputValueDeprecation: true },
  {
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  },
  { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true },
];

/** How many answers there are to be kept. */
export const standardIntrospections = usualOptions.length;

let fingerprints: ReadonlySet<string> | undefined;

/** Whether a document is one of the introspection queries that tools send. Their answers are made once. */
export function isStandardIntrospection(document: DocumentNode, fingerprint: string): boolean {
  // Few documents are looked at more closely than by their length.
  if (document.definitions.length !== 4) return false;
  fingerprints ??= new Set(usualOptions.map((one) => fingerprintOf(parse(getIntrospectionQuery(one)))));
  return fingerprints.has(fingerprint);
}

/** What an answer costs that is there already. */
export const introspectionMeasure: Measure = {
  cost: 1,
  depth: 1,
  aliases: 0,
  directives: 0,
  rootFields: 1,
  faults: [],
  sizedBy: [],
  passing: false,
};
