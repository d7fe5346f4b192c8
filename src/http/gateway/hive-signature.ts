import { sortedJson } from "../../kit/sorted-json.ts";
import { checkVariables } from "../operations/checks.ts";
import { hasMac } from "./mac.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Checks the signature that Hive Gateway puts into `extensions["hmac-signature"]`: an HMAC-SHA-256 of document and variables as
 * JSON with sorted keys, in base64. It says nothing of when the request was made.
 */
export function verifyHiveSignature(body: Buffer, secrets: readonly string[]): Verdict {
  const { query, variables, extensions } = parsed(body);
  const signature = (extensions as Record<string, unknown> | null | undefined)?.["hmac-signature"];
  if (typeof signature !== "string") return "missing";
  const given = variables ?? {};
  checkVariables(given);
  if (typeof query !== "string") return "wrong";
  // Variables that are empty are left out, as Hive Gateway does.
  const signed = Object.keys(given).length ? { query, variables: given } : { query };
  return hasMac(sortedJson(signed), Buffer.from(signature, "base64"), secrets) ? "valid" : "wrong";
}

function parsed(body: Buffer): { query?: unknown; variables?: unknown; extensions?: unknown } {
  try {
    return (JSON.parse(body.toString()) ?? {}) as object;
  } catch {
    // Whoever may come in is told of it later.
    return {};
  }
}
