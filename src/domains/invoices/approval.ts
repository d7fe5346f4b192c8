import { z } from "zod";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { transact } from "../../db/transaction.ts";
import { checked, text } from "../../kit/validate.ts";
import { moved } from "./advance.ts";
import { changeInvoice, saveInvoices, timeOf } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { finalizeLocked } from "./finalize.ts";
import { lockInvoice } from "./find.ts";

interface Input {
  readonly invoice: unknown;
}

/** Asks somebody to approve a draft. */
export async function submitInvoiceForApproval(
  host: TransactionHost,
  writer: Writer,
  { invoice: reference }: Input,
): Promise<InvoiceRow> {
  return changeInvoice(host, writer, reference, ({ invoice, now }) =>
    moved(invoice, "submit", { submittedAt: now, rejectedAt: null, rejectionReason: null }),
  );
}

/** Approves an invoice: one that was submitted is finalized by it, with all that this does. Then it may be sent. */
export async function approveInvoice(
  host: TransactionHost,
  writer: Writer,
  { invoice: reference }: Input,
): Promise<InvoiceRow> {
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, reference);
    const now = await timeOf(transaction, invoice);
    if (invoice.status === "PENDING_APPROVAL") {
      return finalizeLocked(transaction, invoice, { move: "approve", advanceTo: "FINALIZED", now });
    }
    const after = moved(invoice, "approve", { approvedAt: now });
    const [saved] = await saveInvoices(transaction, [{ before: invoice, after }], now);
    return saved ?? invoice;
  });
}

const reason = text(500);

/** Gives a submitted invoice back to be edited, and says why. */
export async function rejectInvoice(
  host: TransactionHost,
  writer: Writer,
  input: Input & { readonly reason?: unknown },
): Promise<InvoiceRow> {
  const rejectionReason = checked(z.nullish(reason), input.reason, ["reason"]) ?? null;
  return changeInvoice(host, writer, input.invoice, ({ invoice, now }) =>
    moved(invoice, "reject", { rejectedAt: now, rejectionReason }),
  );
}
