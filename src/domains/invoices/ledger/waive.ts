import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";

/**
 * Notes what a draft that is about to be deleted has billed of a subscription's items, so that nobody bills that time again. What waited
 * for it waits again instead, and usage notes for itself what was billed. One statement.
 */
export async function waiveLines({ environmentId, query }: Transaction, invoiceId: string): Promise<void> {
  await query(Prisma.sql`
    INSERT INTO waived_lines (environment_id, id, subscription_id, subscription_item_id, price_id, description, amount, discount,
      period_start, period_end)
    SELECT l.environment_id, l.id, i.subscription_id, l.subscription_item_id, l.price_id, l.description, l.amount, l.discount,
      l.period_start, l.period_end
    FROM invoices i
    JOIN invoice_lines l ON l.environment_id = ${environmentId}::uuid AND l.invoice_id = i.id
    WHERE i.environment_id = ${environmentId}::uuid AND i.id = ${invoiceId}::uuid AND i.subscription_id IS NOT NULL
      AND l.subscription_item_id IS NOT NULL AND l.usage_charge_id IS NULL AND l.amount > 0 AND l.period_end IS NOT NULL
      AND NOT EXISTS (SELECT FROM pending_invoice_items p
        WHERE p.environment_id = ${environmentId}::uuid AND p.id = l.id)`);
}
