import {
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  getOperationAST,
  parse,
  validate,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { requestError } from "../../graph/errors.ts";
import { mostPlans } from "../../graph/execution/query.ts";
import { fingerprintOf } from "./document-fingerprint.ts";
import { isStandardIntrospection } from "./introspection.ts";
import { limits } from "./limits.ts";

/** A document that is valid for the schema. */
export interface ValidDocument {
  readonly document: DocumentNode;
  /** The same for documents that differ in white space, commas and comments only. */
  readonly fingerprint: string;
  /** Whether it is an introspection query as tools send it. */
  readonly standardIntrospection: boolean;
}

/** Parses and validates documents, each once as long as it is in use. Throws what is wrong with one. */
export type Documents = (text: string) => ValidDocument;

/** How many bytes kept documents may take, and how many each character of one takes, about: parsed, and again as a plan of how it is run. */
const keptBytes = 100_000_000;
const bytesEach = 100;

function bytesOf(text: string): number {
  // Only directives make it run by several plans.
  const plans = text.includes("@") ? mostPlans : 1;
  return 2_000 + text.length * bytesEach * (1 + plans);
}

interface Known {
  readonly valid?: ValidDocument;
  readonly errors?: readonly GraphQLError[];
}

export function createDocuments(schema: GraphQLSchema): Documents {
  const known = new LRUCache<string, Known>({
    maxSize: keptBytes,
    sizeCalculation: (_, text) => bytesOf(text),
  });
  return (text) => {
    checkLength(text);
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
  const long = longName(document);
  if (long) return { errors: [long] };
  const errors = validate(schema, document, undefined, { maxErrors: limits.errors, hideSuggestions: true });
  // Beyond the most, validation adds an error that says that it stopped.
  if (errors.length) return { errors: errors.slice(0, limits.errors) };
  const fingerprint = fingerprintOf(document);
  const standardIntrospection = isStandardIntrospection(document, fingerprint);
  return { valid: { document, fingerprint, standardIntrospection } };
}

function checkLength(text: string): void {
  const most = limits.documentBytes;
  // A character has three bytes at most.
  if (text.length * 3 <= most) return;
  const requested = text.length > most ? text.length : Buffer.byteLength(text);
  if (requested <= most) return;
  const message = `A document may have at most ${most} bytes. Put what changes into variables, or send several requests.`;
  throw requestError("INVALID_REQUEST", message, { limit: { name: "documentBytes", most, requested } });
}

/** What is wrong with the first name that is too long: names stand in answers, as often as there are rows. */
function longName(document: DocumentNode): GraphQLError | undefined {
  const most = limits.nameCharacters;
  let found: GraphQLError | undefined;
  visit(document, {
    Name({ value }) {
      if (value.length <= most) return undefined;
      const message = `A name in a document may have at most ${most} characters, and ${value.slice(0, 20)}… has ${value.length}.`;
      const limit = { name: "nameCharacters", most, requested: value.length };
      found = requestError("INVALID_REQUEST", message, { limit });
      return BREAK;
    },
  });
  return found;
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
