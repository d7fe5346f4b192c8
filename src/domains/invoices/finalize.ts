import { orStartOver } from "../../db/changes.ts";
import { type TransactionHost, type Transaction, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { writePurses } from "../credits/index.ts";
import { moveBalances } from "../customers/index.ts";
import { saveInvoices, timeOf } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { readContents } from "./contents.ts";
import type { AdvanceTo } from "./draft.ts";
import { lockInvoice } from "./find.ts";
import { issueInvoices } from "./issue.ts";
import { readCustomers, readIssuer } from "./issuer.ts";
import { replaceContents } from "./write-parts.ts";

/**
 * Finalizes a draft: it gets its number and its public token, uses the customer's credit, keeps customer and seller as they
 * are now, and does not change any more. With `autoAdvance` it is approved at once; with nothing to pay it is paid.
 */
export async function finalizeInvoice(
  host: TransactionHost,
  writer: Writer,
  input: { readonly invoice: unknown; readonly autoAdvance?: boolean | null },
): Promise<InvoiceRow> {
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const now = await timeOf(transaction, invoice);
    const advanceTo = input.autoAdvance ? "APPROVED" : "FINALIZED";
    return finalizeLocked(transaction, invoice, { move: "finalize", advanceTo, now });
  });
}

/** Finalizes an invoice that is locked, by a move that does so. */
export async function finalizeLocked(
  transaction: Transaction,
  invoice: InvoiceRow,
  how: { readonly move: "finalize" | "approve"; readonly advanceTo: AdvanceTo; readonly now: Date },
): Promise<InvoiceRow> {
  const issuer = await readIssuer(transaction);
  const customer = (await readCustomers(transaction, [invoice.customerId])).get(invoice.customerId);
  const contents = (await readContents(transaction, [invoice])).get(invoice.id);
  if (!customer || !contents) throw new Error(`invoice ${invoice.id} is not whole`);
  const issued = await issueInvoices(transaction, issuer, [{ ...how, invoice, contents, customer }]);
  if (!contents.lines.length) {
    refuse("ILLEGAL_STATE", "The invoice has no lines. Add one first.", ["invoice"]);
  }
  const changes = issued.parts.map(({ invoice: after }) => ({ before: invoice, after }));
  // Another system's invoice may have come by the number meanwhile: then the next one is taken.
  const [saved] = await orStartOver(saveInvoices(transaction, changes, how.now));
  await replaceContents(transaction, issued.parts);
  await writePurses(transaction, issued.purses);
  await moveBalances(transaction, issued.movements);
  return saved ?? invoice;
}
