/** The parameters of a request that say what is to be run. */
const read = ["query", "documentId", "operationName", "variables", "extensions"] as const;

/** What usual clients send beside them. Nothing is done with it: the document says it as well. */
const passedOver = ["operationType", "operationKind", "id"] as const;

/** Every name that a parameter may have: any other is a mistake that its sender should hear of. */
export const parameterNames: ReadonlySet<string> = new Set([...read, ...passedOver]);

/** Those that GraphQL over HTTP does not know. */
export const extraNames: readonly string[] = ["documentId", ...passedOver];
