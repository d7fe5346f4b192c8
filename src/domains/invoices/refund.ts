import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { atLeastZero } from "../../kit/money.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, clearable, text } from "../../kit/validate.ts";
import { moved } from "./advance.ts";
import { saveInvoices, timeOf } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { amount } from "./fields.ts";
import { lockInvoice } from "./find.ts";
import { readGivenBackOf, splitGivenBack } from "./ledger/given-back.ts";
import { reactToSettled } from "./settled.ts";
import { giveCreditBack } from "./used-credit.ts";

const refundInput = z.strictObject({
  invoice: z.unknown(),
  amount: amount.nullish(),
  method: clearable(text(50)),
  reference: clearable(text(255)),
  reason: clearable(text(500)),
});

/**
 * Notes that money went back, all that is left of what was paid or a part of it. What credit notes have given back is not
 * left. When nothing is left, the invoice is refunded, and the credit that it used is given back. What other invoices gave back of it is not left either.
 */
export async function refundInvoice(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ invoice: InvoiceRow; payment: Row<"InvoicePayment"> }> {
  const input = checked(refundInput, sent);
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const now = await timeOf(transaction, invoice);
    const givenBack = await readGivenBackOf(transaction, invoice);
    const after = refunded(invoice, input.amount, givenBack);
    const payment = await insertRefund(transaction, invoice, {
      amount: after.amountRefunded - invoice.amountRefunded,
      method: input.method ?? "manual",
      reference: input.reference ?? null,
      reason: input.reason ?? null,
      now,
    });
    const [saved] = await saveInvoices(transaction, [{ before: invoice, after }], now);
    if (after.status === "REFUNDED") await giveCreditBack(transaction, after, now);
    await reactToSettled(transaction, [saved ?? after], now);
    return { invoice: saved ?? invoice, payment };
  });
}

/** Notes among the payments of an invoice that money went back. One statement. */
export async function insertRefund(
  transaction: Transaction,
  { environmentId, id: invoiceId, customerId }: InvoiceRow,
  {
    now,
    ...refund
  }: Pick<Row<"InvoicePayment">, "amount" | "method" | "reference" | "reason"> & { readonly now: Date },
): Promise<Row<"InvoicePayment">> {
  const payment: Row<"InvoicePayment"> = {
    environmentId,
    id: newId(),
    invoiceId,
    customerId,
    kind: "REFUND",
    ...refund,
    notes: null,
    paidAt: now,
    createdAt: now,
  };
  await insertRows(transaction, "InvoicePayment", [payment]);
  return payment;
}

function refunded(invoice: InvoiceRow, sent: bigint | null | undefined, givenBack: bigint): InvoiceRow {
  const { amountPaid, amountRefunded, amountCredited } = invoice;
  const fully = moved(invoice, "refundFully", { amountDue: 0n });
  if (amountPaid === 0n)
    refuse("ILLEGAL_STATE", "Nothing of the invoice is paid. Void it instead.", ["invoice"]);
  const left = atLeastZero(
    amountPaid - amountRefunded - amountCredited - splitGivenBack(invoice, givenBack).ofPayments,
  );
  const back = sent ?? left;
  if (back > left || back === 0n) {
    const message = `Only ${left} of what was paid is left to be refunded.`;
    refuse("LIMIT_EXCEEDED", message, ["amount"], { limit: amountPaid, used: amountPaid - left });
  }
  return { ...(back === left ? fully : invoice), amountRefunded: amountRefunded + back };
}
