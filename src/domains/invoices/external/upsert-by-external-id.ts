import { lockNames } from "../../../db/locks.ts";
import { type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { inRounds } from "../../../kit/rounds.ts";
import { type SentRecords, readBatch, readSingle, upsertEach } from "../../../kit/upsert.ts";
import { externalReference } from "../../customers/index.ts";
import { type ExternalInvoice, externalInvoice, externalRecord } from "./record.ts";
import { type InvoiceUpsertResult, applyRound } from "./round.ts";

/**
 * Creates and updates up to 100 invoices by their ids in another system, `source`. Each record is done on its own, in order,
 * and gets one result; those that fail leave the others alone. One transaction, set-based. What is frozen when an invoice is
 * finalized stays, with a warning.
 */
export async function upsertInvoicesByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly invoices: readonly unknown[] },
): Promise<InvoiceUpsertResult[]> {
  return upsertRecords(host, writer, readBatch(input, "invoices", externalReference.shape.source), false);
}

/** The same for one invoice: its result. It fails when all that it would change is frozen. */
export async function upsertInvoiceByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly invoice: unknown },
): Promise<InvoiceUpsertResult> {
  const sent = readSingle(input, "invoice", externalReference.shape.source);
  const [result] = await upsertRecords(host, writer, sent, true);
  return result as InvoiceUpsertResult;
}

function upsertRecords(
  host: TransactionHost,
  writer: Writer,
  { source, records, pathOf }: SentRecords,
  strict: boolean,
): Promise<InvoiceUpsertResult[]> {
  return upsertEach(records, {
    schema: externalRecord,
    pathOf,
    failed: (result) => ({ ...result, invoice: null }),
    apply: (checkedRecords) =>
      transact(host, writer, async (transaction) => {
        const invoices = checkedRecords.map(({ value, ...place }) =>
          externalInvoice(value, { ...place, source }),
        );
        await lockNames(transaction, "invoices", invoices.flatMap(namesOf));
        return inRounds(
          invoices,
          (invoice) => namesOf(invoice).map((name) => name.join(" ")),
          (round) => applyRound(transaction, round, strict),
        );
      }),
  });
}

function namesOf({ source, externalId, number }: ExternalInvoice): string[][] {
  const id = ["external", source, externalId];
  return number == null ? [id] : [id, ["number", number]];
}
