import { z } from "zod";
import { objectEvent } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { moved } from "./advance.ts";
import { saveInvoices, timeOf } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { lockInvoice, lockInvoices } from "./find.ts";
import { amount, instant } from "./fields.ts";
import { reactToSettled } from "./settled.ts";

/** Money that came in for an invoice. */
export interface Payment {
  readonly invoiceId: string;
  /** All that is due, unless said. */
  readonly amount?: bigint | null | undefined;
  /** How it was paid: `bank_transfer`, `card` … */
  readonly method: string;
  readonly reference?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly paidAt: Date;
}

const paymentInput = z.strictObject({
  invoice: z.unknown(),
  amount: amount.nullish(),
  method: text(50),
  reference: clearable(text(255)),
  notes: clearable(text(1_000)),
  paidAt: instant.nullish(),
});

/** Notes a payment that came in by hand, for all that is due or a part of it. */
export async function payInvoice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<RecordedPayment> {
  const input = checked(paymentInput, sent);
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const now = await timeOf(transaction, invoice);
    const paidAt = input.paidAt ?? now;
    if (paidAt > now) refuse("INVALID", "paidAt must not be in the future.", ["paidAt"]);
    const { method, reference, notes } = input;
    const payment = { invoiceId: invoice.id, amount: input.amount, method, reference, notes, paidAt };
    const [recorded] = await notePayments(transaction, [{ ...payment, invoice }], now);
    if (!recorded) throw new Error("a payment was lost");
    await reactToSettled(transaction, [recorded.invoice], now);
    return recorded;
  });
}

/**
 * Notes payments, at most one an invoice, with all that follows from them; refuses all when one does not fit. The number of
 * statements does not depend on theirs.
 */
export async function recordPayments(
  transaction: Transaction,
  payments: readonly Payment[],
  now: Date,
): Promise<RecordedPayment[]> {
  const invoices = await lockInvoices(
    transaction,
    payments.map(({ invoiceId }) => invoiceId),
  );
  const known = payments.map((payment) => {
    const invoice = invoices.get(payment.invoiceId);
    return invoice ? { ...payment, invoice } : refuse("NOT_FOUND", "There is no such invoice.", ["invoice"]);
  });
  const recorded = await notePayments(transaction, known, now);
  await reactToSettled(
    transaction,
    recorded.map(({ invoice }) => invoice),
    now,
  );
  return recorded;
}

/** A payment with its invoice after it. */
export interface RecordedPayment {
  readonly invoice: InvoiceRow;
  readonly payment: Row<"InvoicePayment">;
}

/**
 * Notes payments for invoices that are locked, and leaves all else that follows from them to the caller, who is about to
 * see to it. Two statements, however many.
 */
export async function notePayments(
  transaction: Transaction,
  payments: readonly (Payment & { readonly invoice: InvoiceRow })[],
  now: Date,
): Promise<RecordedPayment[]> {
  if (!payments.length) return [];
  const changes = payments.map((payment) => ({ before: payment.invoice, after: paid(payment) }));
  const rows = payments.map((payment): Row<"InvoicePayment"> => {
    const { environmentId, id: invoiceId, customerId, amountDue } = payment.invoice;
    return {
      environmentId,
      id: newId(),
      invoiceId,
      customerId,
      kind: "PAYMENT",
      amount: payment.amount ?? amountDue,
      method: payment.method,
      reference: payment.reference ?? null,
      notes: payment.notes ?? null,
      reason: null,
      paidAt: payment.paidAt,
      createdAt: now,
    };
  });
  await insertRows(transaction, "InvoicePayment", rows);
  transaction.emit(...rows.map((payment) => objectEvent("payment.succeeded", payment)));
  const saved = await saveInvoices(transaction, changes, now);
  return saved.map((invoice, index) => ({ invoice, payment: rows[index] as Row<"InvoicePayment"> }));
}

function paid({ invoice, paidAt, ...payment }: Payment & { readonly invoice: InvoiceRow }): InvoiceRow {
  const { amountDue, amountPaid, total } = invoice;
  const received = payment.amount ?? amountDue;
  const fully = moved(invoice, received < amountDue ? "payPartly" : "payFully");
  if (received > amountDue) {
    const message = `Only ${amountDue} is due, and ${received} would be paid. Send at most what is due.`;
    refuse("LIMIT_EXCEEDED", message, ["amount"], { limit: total, used: amountPaid });
  }
  return {
    ...fully,
    amountPaid: amountPaid + received,
    amountDue: amountDue - received,
    paidAt: received === amountDue ? paidAt : null,
  };
}
