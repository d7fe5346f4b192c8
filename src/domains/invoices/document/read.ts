import { type Row, tableOf } from "../../../db/datamodel.ts";
import type { Executor } from "../../../db/executor.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { readByIds } from "../../../db/reads.ts";
import { customerSnapshot } from "../issuer.ts";
import type { DocumentRows, Party, TaxSum } from "./view.ts";

/** Reads all that the document of an invoice is made of; null where there is no such invoice. Six statements at most. */
export async function readDocument(
  executor: Executor,
  environmentId: string,
  invoiceId: string,
): Promise<DocumentRows | null> {
  const [invoice] = await readByIds(executor, environmentId, "Invoice", [invoiceId]);
  if (!invoice) return null;
  const { name, select } = tableOf("InvoiceLine");
  const lines = await executor.query<Row<"InvoiceLine">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.invoice_id = ${invoiceId}::uuid ORDER BY t.position, t.id`);
  const taxes = await executor.query<TaxSum>(Prisma.sql`
    SELECT r.name, t.percentage, t.inclusive, sum(t.amount)::bigint AS amount
    FROM invoice_line_taxes t
    JOIN invoice_lines l ON l.environment_id = t.environment_id AND l.id = t.line_id
    JOIN tax_rates r ON r.environment_id = t.environment_id AND r.id = t.tax_rate_id
    WHERE t.environment_id = ${environmentId}::uuid AND l.invoice_id = ${invoiceId}::uuid
    GROUP BY r.id, r.name, t.percentage, t.inclusive ORDER BY r.name, r.id`);
  const [customer] = await readByIds(executor, environmentId, "Customer", [invoice.customerId]);
  if (!customer) throw new Error(`invoice ${invoiceId} has no customer`);
  const { subscriptionId } = invoice;
  const [subscription] = subscriptionId
    ? await readByIds(executor, environmentId, "BillingSubscription", [subscriptionId])
    : [];
  return {
    invoice,
    lines,
    taxes,
    customer: (invoice.customerSnapshot ?? customerSnapshot(customer)) as Party,
    seller: (invoice.sellerSnapshot ?? (await readSeller(executor, environmentId))) as Party,
    zone: subscription?.timezone ?? customer.timezone,
  };
}

async function readSeller(executor: Executor, environmentId: string): Promise<object> {
  const [row] = await executor.query<{ name: string; seller: object | null }>(Prisma.sql`
    SELECT e.merchant_name AS name, s.seller
    FROM environments e LEFT JOIN billing_settings s ON s.environment_id = e.id WHERE e.id = ${environmentId}::uuid`);
  return { name: row?.name, ...row?.seller };
}
