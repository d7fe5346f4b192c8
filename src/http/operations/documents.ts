import { createHash } from "node:crypto";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  getOperationAST,
  parse,
  print,
  stripIgnoredCharacters,
  validate,
} from "graphql";
import { LRUCache } from "lru-cache";
import { requestError } from "../../graph/errors.ts";
import { limits } from "./limits.ts";

/** A document that is valid for the schema. */
export interface ValidDocument {
  readonly document: DocumentNode;
  /** The same for documents that differ in white space, commas and comments only. */
  readonly fingerprint: string;
}

/** Parses and validates documents, each once as long as it is in use. Throws what is wrong with one. */
export type Documents = (text: string) => ValidDocument;

/** How many characters of documents are kept at the most. */
const keptCharacters = 5_000_000;

interface Known {
  readonly valid?: ValidDocument;
  readonly errors?: readonly GraphQLError[];
}

export function createDocuments(schema: GraphQLSchema): Documents {
  const known = new LRUCache<string, Known>({
    maxSize: keptCharacters,
    sizeCalculation: (_, text) => text.length + 100,
    max: 5_000,
  });
  return (text) => {
    let entry = known.get(text);
    if (!entry) {
      entry = examine(schema, text);
      known.set(text, entry);
    }
    if (entry.valid) return entry.valid;
    throw new InvalidDocument(entry.errors ?? []);
  };
}

/** Thrown for a document that cannot be run, with all that is told of it. */
export class InvalidDocument extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super("the document is not valid");
    this.errors = errors;
  }
}

function examine(schema: GraphQLSchema, text: string): Known {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    // The parser calls itself for each level, and the stack has an end.
    if (error instanceof RangeError) return { errors: [tooDeep()] };
    throw error;
  }
  const errors = validate(schema, document, undefined, { maxErrors: limits.errors, hideSuggestions: true });
  // Beyond the most, validation adds an error that says that it stopped.
  if (errors.length) return { errors: errors.slice(0, limits.errors) };
  const canonical = stripIgnoredCharacters(print(document));
  return { valid: { document, fingerprint: createHash("sha256").update(canonical).digest("hex") } };
}

const tooDeep = () => requestError("INVALID_REQUEST", "The document has too many levels within each other.");

/** The operation that a request runs. */
export function operationOf(
  { document }: ValidDocument,
  name: string | null | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (operation) return operation;
  throw requestError(
    "INVALID_REQUEST",
    name
      ? `The document has no operation ${name}.`
      : "The document has several operations: say which by operationName.",
  );
}
