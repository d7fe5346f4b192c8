import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { checked, text } from "../../kit/validate.ts";
import { timeOf } from "./change.ts";
import { lockInvoice } from "./find.ts";

const commentInput = z.strictObject({
  invoice: z.unknown(),
  content: text(5_000),
  internal: z.boolean().nullish(),
});

/** Adds a remark to an invoice, in whatever state it is. */
export async function addInvoiceComment(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<Row<"InvoiceComment">> {
  const { invoice: reference, content, internal } = checked(commentInput, sent);
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, reference);
    const now = await timeOf(transaction, invoice);
    const comment: Row<"InvoiceComment"> = {
      environmentId: transaction.environmentId,
      id: newId(),
      invoiceId: invoice.id,
      userId: transaction.actor,
      content,
      internal: internal ?? false,
      createdAt: now,
      updatedAt: now,
    };
    await insertRows(transaction, "InvoiceComment", [comment]);
    return comment;
  });
}
