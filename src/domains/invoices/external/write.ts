import { orStartOver } from "../../../db/changes.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { saveInvoices } from "../change.ts";
import type { InvoiceRow } from "../compose.ts";
import { eventsOfNew } from "../events.ts";
import { reactToSettled } from "../settled.ts";
import { notePayments } from "../pay.ts";
import { insertInvoices, replaceContents } from "../write-parts.ts";
import type { Write } from "./prepare.ts";
import type { ExternalInvoice } from "./record.ts";

/** Writes invoices, then the payments that they were paid with, and gives them as they are in the end. */
export async function write(
  transaction: Transaction,
  writes: readonly Write[],
): Promise<ReadonlyMap<ExternalInvoice, InvoiceRow>> {
  const created = writes.filter(({ before }) => before === null);
  await orStartOver(
    insertInvoices(
      transaction,
      created.flatMap(({ parts }) => parts ?? []),
    ),
  );
  transaction.emit(...created.flatMap(({ row }) => eventsOfNew(row)));
  const rows = new Map(created.map(({ record, row }) => [record, row]));
  const updated = writes.filter(({ before }) => before !== null);
  for (const [now, some] of byTime(updated)) {
    const changes = some.map(({ before, row }) => ({ before: before as InvoiceRow, after: row }));
    // Only customers on test clocks live at different times.
    // oxlint-disable-next-line no-await-in-loop
    const saved = await orStartOver(saveInvoices(transaction, changes, new Date(now)));
    for (const [place, { record }] of some.entries()) rows.set(record, saved[place] as InvoiceRow);
  }
  await replaceContents(
    transaction,
    updated.flatMap(({ parts }) => parts ?? []),
  );
  const paid = writes.filter(({ plan, row }) => plan.moves.includes("payFully") && row.status !== "PAID");
  for (const [now, some] of byTime(paid)) {
    const payments = some.map(({ record: { source, externalId, paidAt }, record }) => {
      const invoice = rows.get(record) as InvoiceRow;
      const at = paidAt ?? new Date(now);
      return {
        invoice,
        invoiceId: invoice.id,
        method: source.slice(0, 50),
        reference: externalId,
        paidAt: at,
      };
    });
    // oxlint-disable-next-line no-await-in-loop
    const noted = await notePayments(transaction, payments, new Date(now));
    for (const [place, { record }] of some.entries()) rows.set(record, noted[place]?.invoice as InvoiceRow);
    const after = noted.map(({ invoice }) => invoice);
    // oxlint-disable-next-line no-await-in-loop
    await reactToSettled(transaction, after, new Date(now));
  }
  return rows;
}

function byTime(writes: readonly Write[]): Map<number, Write[]> {
  return Map.groupBy(writes, ({ plan }) => plan.now.getTime());
}

/** Moves the source's time of invoices that are otherwise the same, and what their records said: no new version, and nobody is told. */
export async function touch(
  transaction: Transaction,
  touched: readonly {
    readonly id: string;
    readonly at: string | null | undefined;
    readonly hash: string | null;
  }[],
): Promise<void> {
  const moved = touched.filter(({ at, hash }) => at != null || hash !== null);
  if (!moved.length) return;
  await transaction.query(Prisma.sql`
    UPDATE invoices t
    SET external_updated_at = coalesce(n.at, t.external_updated_at), content_hash = coalesce(n.hash, t.content_hash)
    FROM jsonb_to_recordset(${toJson(moved)}::jsonb) AS n(id uuid, at timestamptz, hash text)
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = n.id`);
}
