import { move } from "piscina";
import { renderPdf } from "./pdf.ts";
import type { InvoiceView } from "./view.ts";

/** What the threads that lay out documents run. */
export default async function layOutPdf(view: InvoiceView): Promise<Uint8Array> {
  // A copy of its own, which is handed over and not copied again.
  return move(new Uint8Array(await renderPdf(view))) as unknown as Uint8Array;
}
