import type { ServerResponse } from "node:http";
import { reader } from "../db/reader.ts";
import type { TransactionHost } from "../db/transaction.ts";
import { type DocumentFormat, renderInvoice } from "../domains/invoices/index.ts";
import { openToken } from "../kit/signed-token.ts";
import { documentPath } from "./document-links.ts";
import type { PageHandler } from "./server.ts";

export interface InvoicePagesOptions {
  readonly database: TransactionHost;
  readonly linkSecrets: readonly string[];
  readonly now?: () => Date;
}

/** Serves invoices as documents to whoever has a link that was signed here and has not expired. No key is asked for. */
export function invoicePages({
  database,
  linkSecrets,
  now = () => new Date(),
}: InvoicePagesOptions): PageHandler {
  return (request, response) => {
    const [, token, format] = documentPath.exec(request.url ?? "") ?? [];
    if (request.method !== "GET" || token === undefined) return undefined;
    return answer(response, token, format as DocumentFormat);
  };

  async function answer(response: ServerResponse, token: string, format: DocumentFormat): Promise<void> {
    const content = linkSecrets.map((secret) => openToken(secret, token)).find((opened) => opened !== null);
    if (!content) return refuse(response, 404, "This link leads nowhere. Ask for a new one.");
    if (content.expiresAt <= now()) return refuse(response, 410, "This link has expired. Ask for a new one.");
    const { environmentId, objectId } = content;
    const document = await renderInvoice(reader(database, environmentId), environmentId, objectId, format);
    if (!document) return refuse(response, 404, "This invoice was deleted.");
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

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${message}\n`);
}
