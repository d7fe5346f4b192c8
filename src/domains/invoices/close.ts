import { z } from "zod";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { target } from "../../kit/state-machine.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { giveRedemptionsBack, uncountCycles } from "../discounts/index.ts";
import { moved } from "./advance.ts";
import { changeInvoice, saveInvoices, timeOf } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { lockInvoice, lockInvoices } from "./find.ts";
import { waitAgain } from "./pending.ts";
import { reactToSettled } from "./settled.ts";
import { invoiceMachine } from "./status.ts";
import { giveCreditBack, takeBackCredit } from "./used-credit.ts";

const voidInput = z.strictObject({ invoice: z.unknown(), reason: clearable(text(500)) });

/**
 * Declares an invoice to be worth nothing, before money was paid for it: its number stays used, and what it did is undone. The credit that it
 * used and the discounts that were redeemed or counted for it are given back, what it put into the customer's balance is taken out, and
 * what waited for it waits again.
 */
export async function voidInvoice(host: TransactionHost, writer: Writer, sent: unknown): Promise<InvoiceRow> {
  const input = checked(voidInput, sent);
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const now = await timeOf(transaction, invoice);
    const saved = await voidLocked(transaction, invoice, { reason: input.reason ?? null, now });
    await reactToSettled(transaction, [saved], now);
    return saved;
  });
}

/** Voids those of these invoices of which nothing was paid and something is due, and tells nobody who reacts to it. Gives them. */
export async function voidUnpaid(
  transaction: Transaction,
  invoices: readonly InvoiceRow[],
  why: { readonly reason: string; readonly now: Date },
): Promise<InvoiceRow[]> {
  const done: InvoiceRow[] = [];
  for (const invoice of invoices) {
    if (invoice.amountPaid > 0n || target(invoiceMachine, invoice.status, "void") === null) continue;
    // They are rare, and each gives back to other accounts.
    // oxlint-disable-next-line no-await-in-loop
    done.push(await voidLocked(transaction, invoice, why));
  }
  return done;
}

/** Whether no money was paid for an invoice that is paid: the customer's balance or wallets did, or there was nothing to pay. */
function paidByCredit({ status, amountPaid }: InvoiceRow): boolean {
  return status === "PAID" && amountPaid === 0n;
}

async function voidLocked(
  transaction: Transaction,
  invoice: InvoiceRow,
  { reason, now }: { readonly reason: string | null; readonly now: Date },
): Promise<InvoiceRow> {
  const values = { voidedAt: now, voidReason: reason, amountDue: 0n };
  // What credit alone has paid goes back where it came from, as of an invoice that nobody has paid.
  const after: InvoiceRow = paidByCredit(invoice)
    ? { ...invoice, ...values, status: "VOID" }
    : moved(invoice, "void", values);
  if (invoice.amountPaid > 0n) {
    refuse("ILLEGAL_STATE", "A part of the invoice is paid. Refund it, or write the rest off.", ["invoice"]);
  }
  await takeBackCredit(transaction, invoice, now);
  const [saved = after] = await saveInvoices(transaction, [{ before: invoice, after }], now);
  await giveCreditBack(transaction, saved, now);
  await giveRedemptionsBack(transaction, { invoiceId: invoice.id });
  await uncountCycles(transaction, invoice.id);
  await waitAgain(transaction, invoice.id);
  return saved;
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
