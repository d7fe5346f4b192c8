import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { z } from "zod";

/** A document as it is registered. */
export interface NamedDocument {
  /** Lower-case hexadecimal SHA-256 of the text. */
  readonly hash: string;
  readonly text: string;
  /** The names of its operations, with commas between; empty for one without a name. */
  readonly name: string;
}

/** What was read: the documents that can be registered, and a line for each that cannot. */
export interface ReadDocuments {
  readonly documents: readonly NamedDocument[];
  readonly faults: readonly string[];
}

/** Texts by their hashes, as the client preset of GraphQL Code Generator and Relay's compiler write them. */
const byHash = z.record(z.string(), z.string());
/** The manifest of Apollo's clients. */
const manifest = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

/**
 * Reads documents for the schema: each file is one document, or, called `.json`, a list of them with their hashes.
 * A text that stands in several places is one document.
 */
export async function readDocuments(schema: GraphQLSchema, files: readonly string[]): Promise<ReadDocuments> {
  const documents = new Map<string, NamedDocument>();
  const faults: string[] = [];
  for (const file of files) {
    try {
      for (const { id, text } of textsOf(file, await readFile(file, "utf8"))) {
        const hash = createHash("sha256").update(text).digest("hex");
        const problem = id === undefined || id === hash ? problemOf(schema, text) : otherHash;
        if (problem === null) documents.set(hash, { hash, text, name: nameOf(parse(text)) });
        else faults.push(`${file}${id === undefined ? "" : ` (${id})`}: ${problem}`);
      }
    } catch (error) {
      faults.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { documents: [...documents.values()], faults };
}

const otherHash = "the hash is not the SHA-256 of the document; let your compiler make them by sha256.";

function textsOf(file: string, content: string): { readonly id?: string; readonly text: string }[] {
  if (!file.endsWith(".json")) return [{ text: content }];
  const json: unknown = JSON.parse(content);
  const plain = (id: string): string => id.replace(/^sha256:/, "");
  const apollo = manifest.safeParse(json);
  if (apollo.success) return apollo.data.operations.map(({ id, body }) => ({ id: plain(id), text: body }));
  const preset = byHash.safeParse(json);
  if (preset.success) return Object.entries(preset.data).map(([id, text]) => ({ id: plain(id), text }));
  throw new Error("is no object of documents by their hashes, and no manifest of Apollo's.");
}

/** What is wrong with a document, in a line; null when it can be registered. */
function problemOf(schema: GraphQLSchema, text: string): string | null {
  try {
    const document = parse(text);
    if (!operationsOf(document).length) return "has no operation.";
    const [error] = validate(schema, document);
    return error ? placed(error) : null;
  } catch (error) {
    if (error instanceof GraphQLError) return placed(error);
    throw error;
  }
}

function placed({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `line ${place.line}: ${message}` : message;
}

function nameOf(document: DocumentNode): string {
  return operationsOf(document)
    .flatMap(({ name }) => (name ? [name.value] : []))
    .join(",");
}

function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}
