import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";

/** An error of an answer, as the API words it. */
export interface ApiError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly type: string; readonly requestId: string };
}

/** Thrown for an answer with errors, even where a part of it could be read. */
export class BillgraphError extends Error {
  override readonly name = "BillgraphError";
  readonly errors: readonly ApiError[];

  constructor(errors: readonly ApiError[]) {
    super(errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join("\n"));
    this.errors = errors;
  }
}

/** The variables of a document, to be left out where none is required. */
type Arguments<Variables> =
  Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables];

/** Makes a function that sends a document to the API at `url` and gives its data, both with the document's own types. */
export function createClient(url: string, key: string) {
  return async <Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    ...[variables]: Arguments<Variables>
  ): Promise<Data> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: readonly ApiError[] };
    if (errors) throw new BillgraphError(errors);
    return data;
  };
}
