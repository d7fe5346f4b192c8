import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { moved } from "./advance.ts";
import { saveInvoices } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { insertRefund } from "./refund.ts";
import { reactToSettled } from "./settled.ts";
import { giveCreditBack } from "./used-credit.ts";

/** What a credit note does to its invoice. */
export interface InvoiceCredit {
  /** What it takes back, or below zero what is not taken back any more. The database refuses more than was paid. */
  readonly amount: bigint;
  /** Where the money goes back the way that the customer paid last: what is noted of it. */
  readonly refund?: Pick<Row<"InvoicePayment">, "reference" | "reason"> | undefined;
  readonly now: Date;
}

/**
 * Counts a credit note towards its invoice, which is locked. When all that was paid has gone back as money, the invoice is
 * refunded, and the credit that it used is given back. One statement; five at most with a refund.
 */
export async function creditInvoice(
  transaction: Transaction,
  before: InvoiceRow,
  { amount, refund, now }: InvoiceCredit,
): Promise<InvoiceRow> {
  const after = { ...before, amountCredited: before.amountCredited + amount };
  const goneBack = refund ? await giveBack(transaction, before, { ...refund, amount, now }) : 0n;
  const fully = refund && goneBack === before.amountPaid && before.status !== "REFUNDED";
  const done = fully ? moved(after, "refundFully", { amountDue: 0n }) : after;
  const [saved] = await saveInvoices(transaction, [{ before, after: done }], now);
  if (fully) {
    await giveCreditBack(transaction, done, now);
    await reactToSettled(transaction, [saved ?? done], now);
  }
  return saved ?? done;
}

/** Notes a refund, and tells how much money has gone back for the invoice in all. */
async function giveBack(
  transaction: Transaction,
  invoice: InvoiceRow,
  refund: Pick<Row<"InvoicePayment">, "amount" | "reference" | "reason"> & { readonly now: Date },
): Promise<bigint> {
  const [earlier] = await transaction.query<{ method: string | null; refunded: bigint }>(Prisma.sql`
    SELECT (array_agg(p.method ORDER BY p.paid_at DESC, p.id DESC) FILTER (WHERE p.kind = 'PAYMENT'))[1] AS method,
      coalesce(sum(p.amount) FILTER (WHERE p.kind = 'REFUND'), 0)::bigint AS refunded
    FROM invoice_payments p
    WHERE p.environment_id = ${invoice.environmentId}::uuid AND p.invoice_id = ${invoice.id}::uuid`);
  await insertRefund(transaction, invoice, { ...refund, method: earlier?.method ?? "manual" });
  return (earlier?.refunded ?? 0n) + refund.amount;
}
