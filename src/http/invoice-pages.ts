import type { IncomingMessage, ServerResponse } from "node:http";
import { reader } from "../db/reader.ts";
import type { TransactionHost } from "../db/transaction.ts";
import { isPassing } from "../db/unavailable.ts";
import { type DocumentFormat, type Printer, renderInvoice } from "../domains/invoices/index.ts";
import { openToken } from "../kit/signed-token.ts";
import { addressReader, networkOfAddress } from "./address.ts";
import { documentPath } from "./document-links.ts";
import type { Bucket, TakeTokens } from "./rate-limit/bucket.ts";
import { memoryBuckets } from "./rate-limit/memory.ts";
import type { PageHandler } from "./server.ts";

export interface InvoicePagesOptions {
  readonly database: TransactionHost;
  readonly linkSecrets: readonly string[];
  readonly printer: Printer;
  /** The proxies whose `X-Forwarded-For` is believed; none unless said. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly limits?: Partial<DocumentLimits> | undefined;
  readonly now?: () => Date;
}

/** How often links may be opened, in each process. Whoever has a link needs no key, which would have a limit of its own. */
export interface DocumentLimits {
  readonly byAddress: Bucket;
  readonly byEnvironment: Bucket;
}

const usualLimits: DocumentLimits = {
  byAddress: { capacity: 120, perMinute: 120 },
  byEnvironment: { capacity: 600, perMinute: 600 },
};

/** Serves invoices as documents to whoever has a link that was signed here and has not expired. No key is asked for. */
export function invoicePages({
  database,
  linkSecrets,
  printer,
  trustedProxies = [],
  limits,
  now = () => new Date(),
}: InvoicePagesOptions): PageHandler {
  const { byAddress, byEnvironment } = { ...usualLimits, ...limits };
  const addressOf = addressReader(trustedProxies);
  // Apart from each other, and from those of keys: anybody can have many addresses.
  const [addresses, environments] = [memoryBuckets(), memoryBuckets()];

  return (request, response) => {
    const [, token, format] = documentPath.exec(request.url ?? "") ?? [];
    if (request.method !== "GET" || token === undefined) return undefined;
    return answer(request, response, token, format as DocumentFormat);
  };

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    token: string,
    format: DocumentFormat,
  ): Promise<void> {
    const waitFrom = await tooMany(addresses, networkOfAddress(addressOf(request)), byAddress);
    if (waitFrom) return refuse(response, 429, "Too many documents were asked for from here.", waitFrom);
    const content = linkSecrets.map((secret) => openToken(secret, token)).find((opened) => opened !== null);
    if (!content) return refuse(response, 404, "This link leads nowhere. Ask for a new one.");
    if (content.expiresAt <= now()) return refuse(response, 410, "This link has expired. Ask for a new one.");
    const { environmentId, objectId } = content;
    const waitOf = await tooMany(environments, environmentId, byEnvironment);
    if (waitOf) return refuse(response, 429, "Too many documents of this business were asked for.", waitOf);
    let document;
    try {
      const reads = reader(database, environmentId);
      document = await renderInvoice(printer, reads, environmentId, objectId, format);
    } catch (error) {
      if (!isPassing(error)) throw error;
      return refuse(response, 503, "The document cannot be made at the moment.", 1);
    }
    if (!document) return refuse(response, 404, "This invoice was deleted.");
    if (response.headersSent) return;
    response.writeHead(200, {
      "content-type": document.contentType,
      "content-length": document.body.length,
      "content-disposition": `inline; filename="${document.fileName}"`,
      "cache-control": "private, no-store",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-robots-tag": "noindex",
    });
    response.end(document.body);
  }
}

/** Takes a token. Gives in how many seconds there is one again where there is none. */
async function tooMany(take: TakeTokens, name: string, bucket: Bucket): Promise<number> {
  const { granted, retryMs } = await take(name, bucket, 1);
  return granted ? 0 : Math.max(1, Math.ceil(retryMs / 1_000));
}

function refuse(response: ServerResponse, status: number, message: string, retryAfter?: number): void {
  if (response.headersSent) return;
  if (retryAfter) response.setHeader("retry-after", retryAfter);
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(retryAfter ? `${message} Try again in ${retryAfter} s.\n` : `${message}\n`);
}
