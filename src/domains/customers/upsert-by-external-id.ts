import { z } from "zod";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import {
  type CheckedRecord,
  type RecordResult,
  type SentRecords,
  readBatch,
  readSingle,
  upsertEach,
} from "../../kit/upsert.ts";
import { customerFields, externalReference, instant } from "./fields.ts";
import type { Identity } from "./identities.ts";
import type { CustomerRow } from "./merge.ts";
import { type ExternalRecord, type UpsertPlan, planUpsert } from "./plan-upsert.ts";
import { inRounds } from "./rounds.ts";
import { type ChangeList, newCustomer, nextVersion } from "./write.ts";

/** What became of a record: the customer after the call, null where the record failed. */
export interface UpsertResult extends RecordResult {
  readonly customer: CustomerRow | null;
}

const record = z.strictObject({
  ...customerFields,
  externalId: externalReference.shape.id,
  externalUpdatedAt: instant.nullish(),
});

/**
 * Creates and updates up to 100 customers by their ids in another system, `source`. Each record is done on its own, in
 * order, and gets one result; those that fail leave the others alone. One transaction; records that name nothing twice
 * are written in one statement.
 */
export async function upsertCustomersByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly customers: readonly unknown[] },
): Promise<UpsertResult[]> {
  return upsertRecords(host, writer, readBatch(input, "customers", externalReference.shape.source));
}

/** The same for one customer: its result. */
export async function upsertCustomerByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly customer: unknown },
): Promise<UpsertResult> {
  const sent = readSingle(input, "customer", externalReference.shape.source);
  const [result] = await upsertRecords(host, writer, sent);
  return result as UpsertResult;
}

/** A record that is fit to be applied. */
interface Candidate extends Identity, ExternalRecord {
  readonly index: number;
  readonly path: readonly string[];
  readonly source: string;
  readonly externalId: string;
}

function upsertRecords(
  host: TransactionHost,
  writer: Writer,
  { source, records, pathOf }: SentRecords,
): Promise<UpsertResult[]> {
  return upsertEach(records, {
    schema: record,
    pathOf,
    failed: (result) => ({ ...result, customer: null }),
    apply: (checkedRecords) =>
      transact(host, writer, (transaction) =>
        inRounds(transaction, checkedRecords.map(candidateOf(source)), (candidate, resolved, changes) => {
          const plan = planUpsert(candidate, resolved, candidate.path);
          return carryOut(transaction, candidate, plan, changes);
        }),
      ),
  });
}

function candidateOf(source: string) {
  return ({ index, path, value }: CheckedRecord<z.infer<typeof record>>): Candidate => {
    const { externalId, externalUpdatedAt = null, ...fields } = value;
    const email = fields.email ?? null;
    return {
      index,
      path,
      source,
      externalId,
      externalUpdatedAt,
      fields,
      email,
      updatedAt: externalUpdatedAt,
    };
  };
}

/** Adds what a plan asks for to the changes of its round. */
function carryOut(
  transaction: Transaction,
  { index, source, externalId, externalUpdatedAt }: Candidate,
  plan: UpsertPlan,
  changes: ChangeList,
): UpsertResult {
  const { outcome } = plan;
  const done = { index, externalId, outcome, warnings: [], faults: [] };
  switch (outcome) {
    case "FAILED":
      return { ...done, customer: null, faults: plan.faults };
    case "STALE":
      return { ...done, customer: plan.customer, faults: plan.faults };
    case "UNCHANGED":
      if (plan.touch && externalUpdatedAt) changes.touched.push({ linkId: plan.touch, externalUpdatedAt });
      return { ...done, customer: plan.customer, warnings: plan.warnings };
    case "CREATED": {
      const customer = newCustomer(transaction, plan.values);
      changes.created.push(customer);
      changes.linked.push({ customerId: customer.id, source, externalId, externalUpdatedAt });
      return { ...done, customer };
    }
    case "UPDATED": {
      const { before, touch, warnings } = plan;
      const after = nextVersion(transaction, before, plan.values);
      changes.updated.push({ before, after });
      if (plan.link) changes.linked.push({ customerId: before.id, source, externalId, externalUpdatedAt });
      if (touch && externalUpdatedAt) changes.touched.push({ linkId: touch, externalUpdatedAt });
      return { ...done, customer: after, warnings };
    }
  }
}
