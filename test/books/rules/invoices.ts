import type { Case } from "../case.ts";
import { Fault } from "../fault.ts";
import type { Invoice, Line } from "../ledger.ts";

const rule = "invoices-add-up";
const open = new Set(["FINALIZED", "APPROVED", "SENT", "PARTIALLY_PAID", "OVERDUE", "UNCOLLECTIBLE"]);

/** Each figure of an invoice is the sum of its lines', and what is due is what is left to pay. */
export function invoicesAddUp({ ledger }: Case): void {
  for (const invoice of ledger.invoices) {
    const add = (of: (line: Line) => bigint): bigint =>
      invoice.lines.reduce((total, line) => total + of(line), 0n);
    const { subtotal, discount, prepaid, tax, taxIncluded, credit, total, due, paid } = invoice;
    same(
      invoice,
      "subtotal",
      subtotal,
      add(({ amount }) => amount),
    );
    same(
      invoice,
      "discount",
      discount,
      add((line) => line.discount),
    );
    same(
      invoice,
      "prepaidCredit",
      prepaid,
      add((line) => line.prepaid),
    );
    same(
      invoice,
      "tax",
      tax,
      add((line) => line.tax),
    );
    same(
      invoice,
      "taxIncluded",
      taxIncluded,
      add((line) => line.taxIncluded),
    );
    same(invoice, "total", total, subtotal - discount - prepaid + tax - credit);
    for (const line of invoice.lines) {
      const [onTop, within] = [false, true].map((inclusive) =>
        line.taxes.reduce((sum, one) => sum + (one.inclusive === inclusive ? one.amount : 0n), 0n),
      );
      same(invoice, `tax of "${line.description}"`, line.tax, onTop ?? 0n);
      same(invoice, `taxIncluded of "${line.description}"`, line.taxIncluded, within ?? 0n);
    }
    if (total < 0n || due < 0n) {
      throw new Fault(rule, `invoice ${invoice.number} has the total ${total}, and ${due} due`);
    }
    if (open.has(invoice.status))
      same(invoice, "amountDue", due, total - paid - lowered(ledger.notes, invoice));
    else if (invoice.status !== "DRAFT" && invoice.status !== "PENDING_APPROVAL")
      same(invoice, "amountDue", due, 0n);
  }
}

/** By how much credit notes have lowered what is due. */
export function lowered(notes: Case["ledger"]["notes"], { id }: Pick<Invoice, "id">): bigint {
  return notes.reduce(
    (total, note) =>
      note.invoiceId === id && note.method === "AMOUNT_DUE" && note.status !== "VOID"
        ? total + note.amount
        : total,
    0n,
  );
}

function same({ number, status }: Invoice, field: string, told: bigint, expected: bigint): void {
  if (told !== expected) {
    throw new Fault(rule, `${field} of ${status} invoice ${number}: expected ${expected}, is ${told}`);
  }
}
