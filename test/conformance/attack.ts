import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { expect } from "vitest";
import type { TestApi } from "../kit/api.ts";

/** What is sent; a POST of JSON to the graph, with the API's own key, unless said. */
export interface Shot {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
}

export interface Hit {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly data?: any;
  readonly errors: readonly Problem[];
}

interface Problem {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly type: string; readonly requestId: string };
}

/** What no answer may tell: suggestions, places in our code, statements and names of the database. */
const leaks =
  /did you mean|node_modules|file:\/\/|\.[jt]s:\d|\n\s+at |prisma|\bSELECT\b.*\bFROM\b|\bINSERT INTO\b|syntax error at or near|invalid input syntax|out of range for type|relation "|column "|pg_|ECONN(?:RE|AB)/i;

/** Sends a request, checks that the answer is one that anybody may see, and that the server lives on. */
export async function attack(api: TestApi, shot: Shot): Promise<Hit> {
  const hit = await shoot(api, shot);
  if (hit.text) expectCoded(hit);
  await expectAlive(api);
  return hit;
}

/** The JSON body of a request for `query`. */
export function ask(query: string, variables?: object): string {
  return JSON.stringify({ query, variables });
}

/** Expects that all errors of an answer are known ones, that callers can act on. */
export function expectCoded({ text, errors, status, headers }: Hit): void {
  for (const { message, extensions } of errors) {
    expect(extensions).toMatchObject({
      code: expect.stringMatching(/^[A-Z_]+$/),
      type: expect.stringMatching(/_error$/),
      requestId: headers["x-request-id"],
    });
    expect({ code: extensions.code, message }).not.toMatchObject({ code: "INTERNAL_ERROR" });
    expect(message).not.toMatch(leaks);
  }
  if (status >= 400) expect(errors).not.toEqual([]);
  expect({ status, fault: status >= 500 && text }).toEqual({ status, fault: false });
}

/** Expects that the server still answers, and soon. */
export async function expectAlive(api: TestApi): Promise<void> {
  const { status, data } = await shoot(api, { body: ask("{ __typename }") });
  expect({ status, data }).toEqual({ status: 200, data: { __typename: "Query" } });
}

/** Sends what `fetch` would not. */
export function shoot(api: TestApi, shot: Shot): Promise<Hit> {
  const { method = "POST", path = "/graphql", headers = {}, body } = shot;
  const length = body && { "content-length": String(Buffer.byteLength(body)) };
  const given = { "x-api-key": api.key, "content-type": "application/json", ...length, ...headers };
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { promise, resolve, reject } = Promise.withResolvers<Hit>();
  const request = httpRequest(api.url + path, { method, headers: sent as Record<string, string> });
  let answered = false;
  request.on("error", (error: NodeJS.ErrnoException) => {
    // A server that has refused a large body stops to read it, and answers first.
    if (answered) return;
    // An idle connection may be closed while a request is being put onto it: that one was not read, and is sent again.
    if (request.reusedSocket && error.code === "ECONNRESET") resolve(shoot(api, shot));
    else reject(error);
  });
  request.on("response", (response) => {
    answered = true;
    const parts: Buffer[] = [];
    response.on("data", (part: Buffer) => parts.push(part));
    response.on("error", reject);
    response.on("end", () => {
      const text = Buffer.concat(parts).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, ...parse(text) });
    });
  });
  request.end(body);
  return promise;
}

function parse(text: string): { data?: unknown; errors: readonly Problem[] } {
  if (!text.startsWith("{")) return { errors: [] };
  const { data, errors = [] } = JSON.parse(text) as { data?: unknown; errors?: readonly Problem[] };
  return { data, errors };
}
