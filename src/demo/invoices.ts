import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { invoiceDrafts } from "./invoice-drafts.ts";
import { invoiceLines } from "./invoice-lines.ts";
import { invoiceStatus } from "./invoice-status.ts";
import type { Facts, Range, Scenario } from "./scenario.ts";

/**
 * Inserts the invoices of a range of customers with their lines, in one statement: the lines are rounded one by one, and
 * the invoices are their sums. Needs the usage events, which some lines bill.
 */
export async function insertInvoices(
  executor: Executor,
  facts: Facts,
  scenario: Scenario,
  range: Range,
): Promise<void> {
  const { environmentId, id, roll } = facts;
  await executor.query(Prisma.sql`
    WITH ${invoiceDrafts(facts, scenario, range)},
    ${invoiceLines(facts)},
    ${invoiceStatus(facts)},
    invoice AS (
      INSERT INTO invoices (
        environment_id, id, customer_id, subscription_id, number, status, currency, subtotal, discount, tax, total,
        amount_paid, amount_due, period_start, period_end, issued_at, due_at, paid_at, notes, metadata, created_at, updated_at)
      SELECT ${environmentId}, invoice_id, customer_id, subscription_id,
             CASE WHEN issued IS NOT NULL THEN 'NW-' || 10000 + n || '-' || to_char(ordinal, 'FM0000') END,
             status::invoice_status, currency, subtotal, discount, tax, total, paid,
             CASE WHEN status IN ('APPROVED', 'FINALIZED', 'SENT', 'PARTIALLY_PAID', 'OVERDUE') THEN total - paid ELSE 0 END,
             CASE WHEN period_end IS NOT NULL THEN issue END, period_end, issued, payable, settled,
             CASE WHEN ${roll("invoice notes", "i", 12)} = 0 THEN 'Thank you for your business.' END,
             CASE WHEN subscription_id IS NULL THEN '{"origin": "manual"}'::jsonb ELSE '{"origin": "renewal"}' END,
             issue, coalesce(settled, issue)
      FROM stated
      JOIN (SELECT i, sum(amount)::bigint AS subtotal FROM line GROUP BY i) AS lines USING (i)
      CROSS JOIN LATERAL (SELECT CASE ${roll("discount", "i", 10)}
        WHEN 0 THEN round(subtotal * (1 + ${roll("discount rate", "i", 4)}) * 0.05)::bigint ELSE 0 END AS discount) AS reduction
      CROSS JOIN LATERAL (SELECT round((subtotal - discount) * tax_rate / 100)::bigint AS tax) AS taxation
      CROSS JOIN LATERAL (SELECT subtotal - discount + tax AS total) AS totals
      CROSS JOIN LATERAL (SELECT CASE WHEN status IN ('PAID', 'REFUNDED') THEN total
        WHEN status = 'PARTIALLY_PAID' THEN total * (20 + ${roll("part paid", "i", 60)}) / 100 ELSE 0 END AS paid) AS payment
    )
    INSERT INTO invoice_lines (
      environment_id, id, invoice_id, position, description, quantity, unit_amount, amount, product_id, price_id,
      subscription_item_id, period_start, period_end, created_at)
    SELECT ${environmentId}, ${id("invoice line", "line.i * 8 + position")}, line.invoice_id, position, description, quantity, unit_amount,
           amount, product_id, price_id, item_id, line.period_start, line.period_end, draft.issue
    FROM line JOIN draft USING (i)`);
}
