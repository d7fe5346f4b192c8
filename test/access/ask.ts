import type { TestApi } from "../kit/api.ts";

/** An answer with all that the gates say in it. */
export interface GateAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: any;
  readonly message: string | undefined;
  readonly code: unknown;
  readonly text: string;
}

/** Sends a document with these headers and no other credential. */
export async function ask(
  { url }: Pick<TestApi, "url">,
  headers: Readonly<Record<string, string>>,
  query = "{ viewer { keyId } }",
): Promise<GateAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as {
    data: unknown;
    errors?: { message: string; extensions: { code: unknown } }[];
  };
  const { status } = response;
  return {
    status,
    headers: response.headers,
    data,
    message: errors?.[0]?.message,
    code: errors?.[0]?.extensions.code,
    text,
  };
}
