import { z } from "zod";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { type Fault, refuse } from "../../kit/refusal.ts";
import { check, checked, text } from "../../kit/validate.ts";
import { customerFields, externalReference, instant } from "./fields.ts";
import type { Identity } from "./identities.ts";
import type { CustomerRow } from "./merge.ts";
import { type ExternalRecord, type UpsertPlan, planUpsert } from "./plan-upsert.ts";
import { inRounds } from "./rounds.ts";
import { type ChangeList, newCustomer, nextVersion } from "./write.ts";

/** What became of a record, at its place in the input. */
export interface UpsertResult {
  readonly index: number;
  /** The external id that was sent; null when it was no text. */
  readonly externalId: string | null;
  readonly outcome: "CREATED" | "UPDATED" | "UNCHANGED" | "STALE" | "FAILED";
  /** The customer after the call; null where the record failed. */
  readonly customer: CustomerRow | null;
  readonly warnings: readonly string[];
  /** Why the record was not applied: its faults, or that it was stale. */
  readonly faults: readonly Fault[];
}

/** The most records that one call takes. */
const mostRecords = 100;

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
  const source = checked(externalReference.shape.source, input.source, ["source"]);
  const { customers } = input;
  if (!customers.length) refuse("REQUIRED", "Send at least one customer.", ["customers"]);
  if (customers.length > mostRecords) {
    refuse("TOO_MANY", `Send at most ${mostRecords} customers at once, not ${customers.length}.`, [
      "customers",
    ]);
  }
  return upsertRecords(host, writer, source, customers, (index) => ["customers", String(index)]);
}

/** The same for one customer: its result. */
export async function upsertCustomerByExternalId(
  host: TransactionHost,
  writer: Writer,
  input: { readonly source: unknown; readonly customer: unknown },
): Promise<UpsertResult> {
  const source = checked(externalReference.shape.source, input.source, ["source"]);
  const [result] = await upsertRecords(host, writer, source, [input.customer], () => ["customer"]);
  return result as UpsertResult;
}

/** A record that is fit to be applied. */
interface Candidate extends Identity, ExternalRecord {
  readonly index: number;
  readonly source: string;
  readonly externalId: string;
}

async function upsertRecords(
  host: TransactionHost,
  writer: Writer,
  source: string,
  records: readonly unknown[],
  pathOf: (index: number) => readonly string[],
): Promise<UpsertResult[]> {
  const refused: UpsertResult[] = [];
  const candidates: Candidate[] = [];
  for (const [index, sent] of records.entries()) {
    const result = check(record, sent, pathOf(index));
    if ("faults" in result) {
      refused.push({
        index,
        externalId: externalIdOf(sent),
        outcome: "FAILED",
        customer: null,
        warnings: [],
        faults: result.faults,
      });
      continue;
    }
    const { externalId, externalUpdatedAt = null, ...fields } = result.value;
    candidates.push({
      index,
      source,
      externalId,
      externalUpdatedAt,
      fields,
      email: fields.email ?? null,
      updatedAt: externalUpdatedAt,
    });
  }
  const applied = candidates.length
    ? await transact(host, writer, (transaction) =>
        inRounds(transaction, candidates, (candidate, resolved, changes) => {
          const plan = planUpsert(candidate, resolved, pathOf(candidate.index));
          return carryOut(transaction, candidate, plan, changes);
        }),
      )
    : [];
  return [...refused, ...applied].toSorted((one, other) => one.index - other.index);
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

function externalIdOf(sent: unknown): string | null {
  const { success, data } = z.object({ externalId: text(255, 0) }).safeParse(sent);
  return success ? data.externalId : null;
}
