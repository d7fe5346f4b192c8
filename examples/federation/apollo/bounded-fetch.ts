import { createHash, createHmac } from "node:crypto";
import type { Fetcher } from "@apollo/utils.fetcher";
import { httpbis } from "http-message-signatures";
import { unavailable } from "../errors.ts";

/** A fetch that gives up after `timeoutMs`, and that signs what it sends where it is given a secret. */
export function boundedFetch(timeoutMs: number, secret?: string): Fetcher {
  return async (url, { method = "POST", headers = {}, body = "" } = {}) => {
    const text = String(body);
    const sent = secret ? await signed({ method, url, headers }, text, secret) : headers;
    try {
      const response = await fetch(url, {
        method,
        headers: sent,
        body: text,
        signal: AbortSignal.timeout(timeoutMs),
      });
      // An answer can stop half way: it is one when it is here.
      const answer = await response.arrayBuffer();
      return new Response(answer, { status: response.status, headers: response.headers });
    } catch (error) {
      throw unavailable({ originalError: error as Error });
    }
  };
}

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** The headers of a request, with its signature as RFC 9421 has it: over method, path and a digest of the body. */
async function signed(request: Sent, body: string, secret: string): Promise<Record<string, string>> {
  const digest = createHash("sha256").update(body).digest("base64");
  const key = {
    alg: "hmac-sha256",
    sign: async (data: Buffer) => createHmac("sha256", secret).update(data).digest(),
  };
  const { headers } = await httpbis.signMessage(
    { key, fields: ["@method", "@path", "content-digest"], params: ["created", "alg"] },
    { ...request, headers: { ...request.headers, "content-digest": `sha-256=:${digest}:` } },
  );
  return headers as Record<string, string>;
}
