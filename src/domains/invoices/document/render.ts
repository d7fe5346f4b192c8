import type { Executor } from "../../../db/executor.ts";
import { renderHtml } from "./html.ts";
import type { Printer } from "./printer.ts";
import { readDocument } from "./read.ts";
import { viewInvoice } from "./view.ts";

/** The ways to show an invoice. */
export type DocumentFormat = "pdf" | "html";

/** An invoice as a file. */
export interface InvoiceDocument {
  readonly fileName: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The document of an invoice; null where there is no such invoice. Rejects with a passing trouble when too many wait for PDFs. */
export async function renderInvoice(
  printer: Printer,
  executor: Executor,
  environmentId: string,
  invoiceId: string,
  format: DocumentFormat,
): Promise<InvoiceDocument | null> {
  const rows = await readDocument(executor, environmentId, invoiceId);
  if (!rows) return null;
  const view = viewInvoice(rows);
  const fileName = `${view.fileName}.${format}`;
  return format === "pdf"
    ? { fileName, contentType: "application/pdf", body: await printer.print(environmentId, view) }
    : { fileName, contentType: "text/html; charset=utf-8", body: Buffer.from(renderHtml(view)) };
}
