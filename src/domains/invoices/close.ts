import { z } from "zod";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { giveRedemptionsBack } from "../discounts/index.ts";
import { moved } from "./advance.ts";
import { changeInvoice, saveInvoices, timeOf } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { lockInvoice, lockInvoices } from "./find.ts";
import { reactToSettled } from "./settled.ts";
import { giveCreditBack } from "./used-credit.ts";

const voidInput = z.strictObject({ invoice: z.unknown(), reason: clearable(text(500)) });

/** Declares an invoice to be worth nothing, before anything was paid: its number stays used, and the credit that it used and the discounts that were redeemed for it are given back. */
export async function voidInvoice(host: TransactionHost, writer: Writer, sent: unknown): Promise<InvoiceRow> {
  const input = checked(voidInput, sent);
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const now = await timeOf(transaction, invoice);
    const after = moved(invoice, "void", {
      voidedAt: now,
      voidReason: input.reason ?? null,
      amountDue: 0n,
    });
    if (invoice.amountPaid > 0n) {
      refuse("ILLEGAL_STATE", "A part of the invoice is paid. Refund it, or write the rest off.", [
        "invoice",
      ]);
    }
    const [saved] = await saveInvoices(transaction, [{ before: invoice, after }], now);
    await giveCreditBack(transaction, saved ?? after, now);
    await giveRedemptionsBack(transaction, { invoiceId: invoice.id });
    await reactToSettled(transaction, [saved ?? after], now);
    return saved ?? after;
  });
}

/** Gives an invoice up. Should it be paid after all, it can still be paid. */
export async function markInvoiceUncollectible(
  host: TransactionHost,
  writer: Writer,
  input: { readonly invoice: unknown },
): Promise<InvoiceRow> {
  return changeInvoice(host, writer, input.invoice, ({ invoice, now }) =>
    moved(invoice, "writeOff", { uncollectibleAt: now }),
  );
}

/** Marks invoices whose due date has passed; those that are something else by now stay as they are. Two statements, however many. */
export async function markOverdue(
  transaction: Transaction,
  invoiceIds: readonly string[],
  now: Date,
): Promise<InvoiceRow[]> {
  const locked = await lockInvoices(transaction, invoiceIds);
  const late = [...locked.values()].filter(
    ({ status, dueAt }) =>
      (status === "SENT" || status === "PARTIALLY_PAID") && dueAt !== null && dueAt <= now,
  );
  const changes = late.map((before) => ({ before, after: moved(before, "markOverdue", { overdueAt: now }) }));
  return saveInvoices(transaction, changes, now);
}
