import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { nowFor } from "../../clocks/index.ts";
import { findProductIds } from "../../catalog/index.ts";
import { findCustomers } from "../../customers/index.ts";
import type { InvoiceRow } from "../compose.ts";
import { type StoredContents, readContents } from "../contents.ts";
import type { ExternalInvoice, ExternalLine } from "./record.ts";

/** An invoice that a record names, as it is stored. */
export interface Known {
  readonly invoice: InvoiceRow;
  readonly contents: StoredContents;
  /** When the source last changed it, as RFC 3339 with microseconds. */
  readonly storedUpdatedAt: string | null;
  /** Whether the record is older, or younger, than that. Decided by the database, to the microsecond. */
  readonly stale: boolean;
  readonly newer: boolean;
}

/** All that records name, as it is stored. */
export interface Surroundings {
  /** By external id; locked until the transaction ends. */
  readonly known: ReadonlyMap<string, Known>;
  /** The customer that each record names, locked; null where it names nobody. */
  readonly customers: ReadonlyMap<ExternalInvoice, Row<"Customer"> | null>;
  readonly productIds: ReadonlyMap<ExternalLine, string>;
  /** Whose numbers are taken, by number. */
  readonly numbers: ReadonlyMap<string, string>;
  /** What time it is for a customer. */
  readonly nowOf: (customerId: string) => Date;
}

/** Reads all that records name. The number of statements does not depend on theirs. */
export async function readSurroundings(
  transaction: Transaction,
  records: readonly ExternalInvoice[],
): Promise<Surroundings> {
  const { environmentId } = transaction;
  const lines = records.flatMap((record) => record.lines ?? []).filter(({ product }) => product != null);
  const found = await findProductIds(
    transaction,
    environmentId,
    lines.flatMap(({ product }) => product ?? []),
  );
  const referring = records.filter(({ customer }) => customer != null);
  const customers = await findCustomers(
    transaction,
    referring.flatMap(({ customer }) => customer ?? []),
  );
  const known = await readKnown(transaction, records);
  const customerIds = [
    ...customers.flatMap((customer) => customer?.id ?? []),
    ...[...known.values()].map(({ invoice }) => invoice.customerId),
  ];
  const times = await nowFor(transaction, [...new Set(customerIds)]);
  return {
    known,
    customers: new Map(referring.map((record, index) => [record, customers[index] ?? null])),
    productIds: new Map(
      lines.flatMap((line, index) => {
        const id = found[index];
        return id ? [[line, id] as const] : [];
      }),
    ),
    numbers: await readNumbers(transaction, records),
    nowOf: (customerId) => times.get(customerId) ?? transaction.now,
  };
}

async function readKnown(
  transaction: Transaction,
  records: readonly ExternalInvoice[],
): Promise<ReadonlyMap<string, Known>> {
  const wanted = toJson(
    records.map(({ externalId, externalUpdatedAt }) => ({ id: externalId, at: externalUpdatedAt })),
  );
  const rows = await transaction.query<InvoiceRow & Omit<Known, "invoice" | "contents">>(Prisma.sql`
    SELECT ${tableOf("Invoice").select},
      to_char(t.external_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "storedUpdatedAt",
      coalesce(wanted.at < t.external_updated_at, false) AS stale,
      coalesce(wanted.at > t.external_updated_at, wanted.at IS NOT NULL) AS newer
    FROM jsonb_to_recordset(${wanted}::jsonb) AS wanted(id text, at timestamptz)
    JOIN invoices t ON t.environment_id = ${transaction.environmentId}::uuid
      AND t.external_source = ${records[0]?.source ?? ""} AND t.external_id = wanted.id
    ORDER BY t.id FOR NO KEY UPDATE OF t`);
  const contents = rows.length ? await readContents(transaction, rows) : new Map<string, StoredContents>();
  return new Map(
    rows.map(({ storedUpdatedAt, stale, newer, ...invoice }) => {
      const own = contents.get(invoice.id);
      if (!own) throw new Error("an invoice has no contents");
      return [invoice.externalId ?? "", { invoice, contents: own, storedUpdatedAt, stale, newer }];
    }),
  );
}

async function readNumbers(
  { environmentId, query }: Transaction,
  records: readonly ExternalInvoice[],
): Promise<ReadonlyMap<string, string>> {
  const numbers = records.flatMap(({ number }) => number ?? []);
  if (!numbers.length) return new Map();
  const rows = await query<{ id: string; number: string }>(Prisma.sql`
    SELECT t.id, t.number FROM invoices t
    WHERE t.environment_id = ${environmentId}::uuid AND t.number = ANY(${numbers}::text[])`);
  return new Map(rows.map(({ id, number }) => [number, id]));
}
