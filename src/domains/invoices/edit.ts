import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { allowedMoves } from "../../kit/state-machine.ts";
import { moved } from "./advance.ts";
import { saveInvoices, timeOf } from "./change.ts";
import { type InvoiceParts, type InvoiceRow, composeInvoice } from "./compose.ts";
import { type StoredContents, readContents } from "./contents.ts";
import { lockInvoice } from "./find.ts";
import { mostLines } from "./line-input.ts";
import { editableInvoiceStates, invoiceMachine } from "./status.ts";
import { replaceContents } from "./write-parts.ts";

/** A draft that is locked to be edited. */
export interface EditedInvoice {
  readonly transaction: Transaction;
  readonly invoice: InvoiceRow;
  readonly contents: StoredContents;
  readonly now: Date;
}

/** An edited draft, as it was written. */
export type Edited = Pick<InvoiceParts, "invoice" | "lines">;

/**
 * Edits a draft: `edit` gives its new values and contents, from which all amounts are computed again. One that was rejected
 * is a draft again by it. Refused once the invoice is finalized.
 */
export async function editInvoice(
  host: TransactionHost,
  writer: Writer,
  reference: unknown,
  edit: (
    edited: EditedInvoice,
  ) => Promise<{ readonly invoice?: InvoiceRow; readonly contents?: StoredContents }>,
): Promise<Edited> {
  return transact(host, writer, async (transaction) => {
    const before = await lockInvoice(transaction, reference);
    requireEditable(before);
    const now = await timeOf(transaction, before);
    const contents = (await readContents(transaction, [before])).get(before.id);
    if (!contents) throw new Error("an invoice has no contents");
    const invoice = before.status === "REJECTED" ? moved(before, "revise") : before;
    const edited = await edit({ transaction, invoice, contents, now });
    const next = edited.contents ?? contents;
    if (next.lines.length > mostLines) {
      refuse("TOO_LONG", `An invoice has at most ${mostLines} lines.`, ["lines"]);
    }
    const parts = composeInvoice(edited.invoice ?? invoice, { ...next, creditAvailable: 0n }, now);
    const [saved] = await saveInvoices(transaction, [{ before, after: parts.invoice }], now);
    if (edited.contents) await replaceContents(transaction, [parts]);
    return { invoice: saved ?? parts.invoice, lines: parts.lines };
  });
}

/** Refuses an invoice that cannot be edited any more, or is another system's. */
export function requireEditable(invoice: InvoiceRow): void {
  const { status } = invoice;
  if (!editableInvoiceStates.has(status)) {
    const allowed = allowedMoves(invoiceMachine, status);
    const hint = allowed.length ? `It allows: ${allowed.join(", ")}` : "It allows no further moves";
    const message = `The invoice is ${status}, and does not change any more. ${hint}.`;
    refuse("ILLEGAL_STATE", message, ["invoice"], { state: status, move: "edit", allowed });
  }
  if (invoice.externalSource !== null) {
    const message = `The invoice is ${invoice.externalSource}'s. Change it there, and send it again.`;
    refuse("CONFLICT", message, ["invoice"]);
  }
}
