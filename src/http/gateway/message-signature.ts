import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ExpiredError, httpbis } from "http-message-signatures";
import { type Dictionary, parseDictionary } from "structured-headers";
import { hasMac } from "./mac.ts";
import type { Verdict } from "./verdict.ts";

/** For how long, in seconds, a signature is good, and how far ahead the gateway's clock may be. */
const life = 60;
const tolerance = 5;

/**
 * Checks an HTTP message signature (RFC 9421) with `hmac-sha256` over method, path and `Content-Digest`, and that digest
 * (RFC 9530) against the body.
 */
export async function verifyMessageSignature(
  request: IncomingMessage,
  body: Buffer,
  secrets: readonly string[],
): Promise<Verdict> {
  const { method = "", url = "", headers } = request;
  const message = {
    method,
    url: `http://${headers.host ?? "localhost"}${url}`,
    headers: headers as Record<string, string | string[]>,
  };
  const key = {
    algs: ["hmac-sha256"],
    verify: async (data: Buffer, signature: Buffer) => hasMac(data, signature, secrets),
  };
  try {
    const signed = await httpbis.verifyMessage(
      {
        keyLookup: async () => key,
        requiredFields: ["@method", "@path", "content-digest"],
        requiredParams: ["created"],
        // The age is counted from `tolerance` before the signature was made.
        maxAge: life + tolerance,
        tolerance,
      },
      message,
    );
    return signed && hasDigest(headers["content-digest"], body) ? "valid" : "wrong";
  } catch (error) {
    return error instanceof ExpiredError ? "late" : "wrong";
  }
}

/** The digests of RFC 9530 that are safe, by their names in node:crypto. */
const algorithms: Readonly<Record<string, string>> = { "sha-256": "sha256", "sha-512": "sha512" };

/** Whether a `Content-Digest` is one of the body: all digests in it that are known are right, and there is one. */
function hasDigest(header: string | string[] | undefined, body: Buffer): boolean {
  const digests: Dictionary = parseDictionary(String(header));
  const known = [...digests].filter(([name]) => Object.hasOwn(algorithms, name));
  const isRight = ([name, [value]]: (typeof known)[number]): boolean =>
    value instanceof ArrayBuffer &&
    createHash(algorithms[name] ?? "")
      .update(body)
      .digest()
      .equals(Buffer.from(value));
  return known.length > 0 && known.every(isRight);
}
