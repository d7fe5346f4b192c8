import type { IncomingMessage } from "node:http";
import type { ExecutionResult } from "graphql";
import { jsonOf } from "../graph/execution/json-text.ts";
import { plainTypeFor } from "./accept.ts";
import type { Arrival } from "./admit.ts";
import { bodyOf } from "./body.ts";
import type { Admission } from "./context.ts";
import { answerRequest } from "./operations/answer-request.ts";
import { isTooBusy } from "./load/too-busy.ts";
import { limits } from "./operations/limits.ts";
import { parameterNames } from "./operations/parameter-names.ts";
import { namesDocument } from "./operations/persisted-reference.ts";
import { type OperationParams, type Operations, isStream } from "./operations/types.ts";
import { currentParams, resultFor } from "./versions/adapt.ts";

/** Whether a request is by its head a plain one: an operation as JSON, to be answered as JSON. */
export function isPlain({ method, headers }: IncomingMessage): boolean {
  if (method !== "POST" || plainTypeFor(headers.accept) === null) return false;
  const type = headers["content-type"];
  if (type !== "application/json" && !type?.startsWith("application/json;")) return false;
  const length = headers["content-length"];
  if (length === undefined || !/^\d{1,9}$/.test(length)) return false;
  return Number(length) > 0 && Number(length) <= limits.bodyBytes;
}

/** A request of which plain HTTP could not make an answer. */
export interface HandedOn {
  /** What came out, where the operation was run. */
  readonly answered?: ExecutionResult;
}

/**
 * Answers a plain request, by nothing but `node:http`. Gives back what is not as plain as its head: a body that is no
 * operation, and an answer without data, whose status and form are Yoga's to find.
 */
export async function answerPlain(
  run: Operations,
  { request, answer }: Arrival,
  admission: Admission,
): Promise<HandedOn | null> {
  const params = paramsIn(await bodyOf(request));
  if (!params) return {};
  const { version } = admission;
  const answered = answerRequest(run, currentParams(version, params), {
    admission,
    headers: answer,
    readOnly: false,
    idempotencyKey: textOf(request.headers["idempotency-key"]),
    streams: false,
  });
  const result = answered instanceof Promise ? await answered : answered;
  if (isStream(result)) throw new Error("plain HTTP has no streams");
  const busy = result.data === undefined && result.errors?.find(isTooBusy);
  // Told by the shortest way there is: what cannot be done must not keep from what can.
  if (busy) throw busy;
  if (result.data === undefined || result.extensions?.["http"]) return { answered: result };
  const type = plainTypeFor(request.headers.accept) ?? "application/json";
  answer.send(`${type}; charset=utf-8`, jsonOf(resultFor(version, result)));
  return null;
}

/** The parameters in a body; null when it is not quite as GraphQL over HTTP wants it. */
function paramsIn(body: Buffer): OperationParams | null {
  let params: unknown;
  try {
    params = JSON.parse(body.toString());
  } catch {
    return null;
  }
  if (!isObject(params)) return null;
  for (const name in params) if (!parameterNames.has(name)) return null;
  const { query, variables, extensions } = params;
  if (variables != null && !isObject(variables)) return null;
  if (extensions != null && !isObject(extensions)) return null;
  if (typeof query === "string" || (query == null && namesDocument(params))) return params;
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.join(", ");
}
