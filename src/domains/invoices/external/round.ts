import type { Transaction } from "../../../db/transaction.ts";
import type { RecordResult } from "../../../kit/upsert.ts";
import type { InvoiceRow } from "../compose.ts";
import { readSurroundings } from "./known.ts";
import { planInvoice } from "./plan.ts";
import { type Planned, prepare } from "./prepare.ts";
import type { ExternalInvoice } from "./record.ts";
import { touch, write } from "./write.ts";

/** What became of a record: the invoice after the call, null where the record failed. */
export interface InvoiceUpsertResult extends RecordResult {
  readonly invoice: InvoiceRow | null;
}

/**
 * Applies records that name no invoice twice. With `strict`, one that says nothing but what is frozen fails. The number of
 * statements does not depend on that of the records.
 */
export async function applyRound(
  transaction: Transaction,
  records: readonly ExternalInvoice[],
  strict: boolean,
): Promise<InvoiceUpsertResult[]> {
  const around = await readSurroundings(transaction, records);
  const planned = records.map((record) => ({
    record,
    plan: planInvoice(record, around, transaction.environmentId),
  }));
  const writes = await prepare(
    transaction,
    around,
    planned.filter((one): one is Planned => "moves" in one.plan),
  );
  const written = await write(transaction, writes);
  await touch(
    transaction,
    planned.flatMap(({ record, plan }) => {
      const known = around.known.get(record.externalId);
      return plan.outcome === "UNCHANGED" && known && !(strict && plan.frozen.length)
        ? [
            {
              id: known.invoice.id,
              at: known.newer ? record.externalUpdatedAt : null,
              hash: plan.frozen.length ? null : record.hash,
            },
          ]
        : [];
    }),
  );
  return planned.map(({ record, plan }): InvoiceUpsertResult => {
    const { index, externalId, path } = record;
    const invoice = written.get(record) ?? around.known.get(externalId)?.invoice ?? null;
    const done = { index, externalId, outcome: plan.outcome, warnings: [], faults: [] };
    if ("faults" in plan) {
      return { ...done, invoice: plan.outcome === "STALE" ? invoice : null, faults: plan.faults };
    }
    if (strict && plan.outcome === "UNCHANGED" && plan.frozen.length) {
      const faults = plan.frozen.map((field, place) => ({
        code: "CONFLICT" as const,
        message: plan.warnings[place] ?? field,
        path: [...path, field],
      }));
      return { ...done, outcome: "FAILED", invoice: null, faults };
    }
    return { ...done, invoice, warnings: plan.warnings };
  });
}
