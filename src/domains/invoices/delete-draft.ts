import { objectEvent } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { giveRedemptionsBack, uncountCycles } from "../discounts/index.ts";
import { lockInvoice } from "./find.ts";
import { waiveLines } from "./ledger/waive.ts";
import { deleteContents } from "./write-parts.ts";

/** Deletes a draft with all that belongs to it; what was pending waits again, and its discounts can be redeemed again. Refused for everything but a draft. */
export async function deleteInvoice(
  host: TransactionHost,
  writer: Writer,
  input: { readonly invoice: unknown },
): Promise<string> {
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const { environmentId, id, status } = invoice;
    if (status !== "DRAFT") {
      refuse("ILLEGAL_STATE", `The invoice is ${status}: only a draft can be deleted. Void it instead.`, [
        "invoice",
      ]);
    }
    const whose = Prisma.sql`environment_id = ${environmentId}::uuid AND invoice_id = ${id}::uuid`;
    await transaction.query(Prisma.sql`UPDATE pending_invoice_items SET invoice_id = NULL WHERE ${whose}`);
    await uncountCycles(transaction, id);
    await waiveLines(transaction, id);
    await deleteContents(transaction, [id]);
    await giveRedemptionsBack(transaction, { invoiceId: id });
    await transaction.query(Prisma.sql`DELETE FROM invoice_comments WHERE ${whose}`);
    await transaction.query(
      Prisma.sql`DELETE FROM invoices WHERE environment_id = ${environmentId}::uuid AND id = ${id}::uuid`,
    );
    transaction.emit(objectEvent("invoice.deleted", invoice));
    return id;
  });
}
