import { z } from "zod";
import type { InvoiceChannel } from "../../db/generated/prisma/enums.ts";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { moved } from "./advance.ts";
import { changeInvoice } from "./change.ts";
import type { InvoiceRow } from "./compose.ts";
import { readCustomers } from "./issuer.ts";

const template = z.uuid("must be a UUID").transform((value) => value.toLowerCase());

/** Sends an approved invoice to its customer, or sends it again. What is sent where is written down. */
export async function sendInvoice(
  host: TransactionHost,
  writer: Writer,
  input: {
    readonly invoice: unknown;
    readonly channel?: InvoiceChannel | null;
    readonly templateId?: unknown;
  },
): Promise<InvoiceRow> {
  const channel = input.channel ?? "EMAIL";
  const templateId = checked(template.nullish(), input.templateId, ["templateId"]) ?? null;
  return changeInvoice(host, writer, input.invoice, async ({ transaction, invoice, now }) => {
    const after = moved(invoice, "send", { sentAt: now });
    const customer = (await readCustomers(transaction, [invoice.customerId])).get(invoice.customerId);
    const recipient = channel === "EMAIL" ? customer?.email : customer?.phone;
    if (!recipient) {
      refuse("CONTACT_MISSING", `The customer has no telephone number for ${channel}. Set one first.`, [
        "channel",
      ]);
    }
    const { environmentId } = transaction;
    await insertRows(transaction, "InvoiceDelivery", [
      { environmentId, id: newId(), invoiceId: invoice.id, channel, recipient, templateId, createdAt: now },
    ]);
    return after;
  });
}
