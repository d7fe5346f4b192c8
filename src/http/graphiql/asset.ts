import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { securityHeaders } from "./security-headers.ts";

/** A file in memory, named after its content, so that it can be cached for ever. */
export interface Asset {
  readonly fileName: string;
  readonly contentType: string;
  readonly hash: string;
  /** The body in that encoding; compressed once, at the first call. */
  readonly encoded: (encoding: Encoding) => Promise<Buffer>;
}

type Encoding = "br" | "gzip" | "identity";

const brotliQuality5 = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const encoders = {
  br: (body: Buffer) => promisify(brotliCompress)(body, brotliQuality5),
  gzip: promisify<Buffer, Buffer>(gzip),
  identity: async (body: Buffer) => body,
};

/** `createAsset("app.js", "text/javascript", source)` is served as `app-<hash>.js`. */
export function createAsset(name: string, contentType: string, content: string | Buffer): Asset {
  const body = Buffer.from(content);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  const dot = name.lastIndexOf(".");
  const bodies = new Map<Encoding, Promise<Buffer>>();
  return {
    fileName: `${name.slice(0, dot)}-${hash}${name.slice(dot)}`,
    contentType,
    hash,
    encoded(encoding) {
      const encoded = bodies.get(encoding) ?? encoders[encoding](body);
      bodies.set(encoding, encoded);
      return encoded;
    },
  };
}

export async function sendAsset(
  asset: Asset,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const encoding = preferredEncoding(request.headers["accept-encoding"]);
  const etag = `"${asset.hash}-${encoding}"`;
  const headers = {
    ...securityHeaders,
    etag,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  };
  if (request.headers["if-none-match"]?.includes(etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = await asset.encoded(encoding);
  response
    .writeHead(200, {
      ...headers,
      "content-type": asset.contentType,
      "content-length": body.byteLength,
      ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
    })
    .end(body);
}

/** Browsers give no weights, so none are read, but for `q=0`, which means "not this one". */
function preferredEncoding(acceptEncoding = ""): Encoding {
  const parts = acceptEncoding.split(",").map((part) => part.split(";"));
  const accepted = new Set(
    parts.filter(([, weight = ""]) => !/q=0(\.0*)?$/.test(weight.trim())).map(([name = ""]) => name.trim()),
  );
  return (["br", "gzip"] as const).find((encoding) => accepted.has(encoding)) ?? "identity";
}
