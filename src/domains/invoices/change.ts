import { type Change, nextVersion, updateRows } from "../../db/changes.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { settlePurchases } from "../credits/index.ts";
import { nowFor } from "../clocks/index.ts";
import type { InvoiceRow } from "./compose.ts";
import { eventsOfChange } from "./events.ts";
import { lockInvoice } from "./find.ts";

/** An invoice that is locked for a change, and the time that it is for its customer. */
export interface LockedInvoice {
  readonly transaction: Transaction;
  readonly invoice: InvoiceRow;
  readonly now: Date;
}

/** Changes the invoice that `reference` names: `decide` gives it as it is to be. One transaction, with the events. */
export async function changeInvoice(
  host: TransactionHost,
  writer: Writer,
  reference: unknown,
  decide: (locked: LockedInvoice) => Promise<InvoiceRow> | InvoiceRow,
): Promise<InvoiceRow> {
  return transact(host, writer, async (transaction) => {
    const before = await lockInvoice(transaction, reference);
    const now = await timeOf(transaction, before);
    const after = await decide({ transaction, invoice: before, now });
    const [saved] = await saveInvoices(transaction, [{ before, after }], now);
    return saved ?? before;
  });
}

/** What time it is for the customer of an invoice. */
export async function timeOf(
  transaction: Transaction,
  { customerId }: Pick<InvoiceRow, "customerId">,
): Promise<Date> {
  return (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
}

/** Writes invoices that are locked as they are to be, and tells what happened: credit that they sell is granted once they are paid. One statement, however many. */
export async function saveInvoices(
  transaction: Transaction,
  changes: readonly Change<InvoiceRow>[],
  now: Date,
): Promise<InvoiceRow[]> {
  const next = changes.map(({ before, after }) => ({ before, after: nextVersion({ now }, before, after) }));
  await updateRows(transaction, "Invoice", next);
  transaction.emit(...next.flatMap(({ before, after }) => eventsOfChange(before, after)));
  await settlePurchases(
    transaction,
    next.filter(({ before, after }) => before.status !== after.status).map(({ after }) => after),
    now,
  );
  return next.map(({ after }) => after);
}
