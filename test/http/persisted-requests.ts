import { createHash, randomUUID } from "node:crypto";
import type { TestApi } from "../kit/api.ts";

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
export const idOf = (text: string): string => `sha256:${hashOf(text)}`;

/** The extensions by which Apollo's clients name a document. */
export const persistedQuery = (text: string) => ({
  persistedQuery: { version: 1, sha256Hash: hashOf(text) },
});

/** A document that no other test uses, and what it gives. */
export const fresh = (): string => `query q${randomUUID().replaceAll("-", "")} { viewer { keyName } }`;
export const answer = { viewer: { keyName: "test" } };

/** Registers a document of an environment, and gives its id. */
export async function register(api: TestApi, text: string, environmentId = api.environmentId) {
  const hash = hashOf(text);
  await api.database.prisma.persistedDocument.create({ data: { environmentId, hash, text, name: "" } });
  return `sha256:${hash}`;
}

/** Sends parameters as they are by POST, or by GET when a query string is given. */
export async function send(
  api: TestApi,
  params: object | string,
  { key = api.key, accept = "application/graphql-response+json" } = {},
) {
  const byGet = typeof params === "string";
  const response = await fetch(`${api.url}/graphql${byGet ? `?${params}` : ""}`, {
    method: byGet ? "GET" : "POST",
    headers: { "x-api-key": key, accept, ...(!byGet && { "content-type": "application/json" }) },
    ...(!byGet && { body: JSON.stringify(params) }),
  });
  const body = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  const [error] = body.errors ?? [];
  return { status: response.status, ...body, message: error?.message, code: error?.extensions.code };
}
