import { changedValues } from "../../../db/changes.ts";
import { newId } from "../../../kit/ids.ts";
import { Refusal } from "../../../kit/refusal.ts";
import { staleFault } from "../../../kit/upsert.ts";
import { type InvoiceRow, composeInvoice } from "../compose.ts";
import type { StoredContents } from "../contents.ts";
import { valuesFrom } from "../merge.ts";
import { newInvoice } from "../new-invoice.ts";
import { type InvoiceMove, editableInvoiceStates } from "../status.ts";
import { amountsOf, isSameContents, tellsAmounts } from "./amounts.ts";
import { frozenFields, frozenWarning } from "./frozen.ts";
import { type NoPlan, customerOf, failed, numberTaken, unknownProducts } from "./refused.ts";
import type { Known, Surroundings } from "./known.ts";
import { planMoves } from "./plan-moves.ts";
import type { ExternalInvoice } from "./record.ts";

/** What is to be done with a record. */
export type InvoicePlan =
  | NoPlan
  | {
      readonly outcome: "UNCHANGED";
      readonly warnings: readonly string[];
      /** The fields that were sent and differ from what is frozen. */
      readonly frozen: readonly string[];
    }
  | {
      readonly outcome: "CREATED" | "UPDATED";
      /** With its new values, before it moves. */
      readonly invoice: InvoiceRow;
      /** What it has on it from now on; null where that stays as it is. */
      readonly contents: StoredContents | null;
      readonly moves: readonly InvoiceMove[];
      readonly warnings: readonly string[];
      readonly now: Date;
    };

/** JSON turns an instant into what the database reads, as it does a date. */
const stored = (instant: string): Date => instant as unknown as Date;

/** Decides what a record does to the invoice that it names, or makes of it where it names none. */
export function planInvoice(
  record: ExternalInvoice,
  around: Surroundings,
  environmentId: string,
): InvoicePlan {
  try {
    const known = around.known.get(record.externalId);
    return known ? planUpdate(record, known, around) : planCreate(record, around, environmentId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // What other code refuses knows its own place in the record only.
    const faults = error.faults.map((fault) => ({ ...fault, path: [...record.path, ...fault.path] }));
    return { outcome: "FAILED", faults };
  }
}

function planCreate(record: ExternalInvoice, around: Surroundings, environmentId: string): InvoicePlan {
  const { path, source, externalId, externalUpdatedAt, number } = record;
  const customer = customerOf(record, around);
  if (!customer) return failed("REQUIRED", "A new invoice needs a customer.", [...path, "customer"]);
  if ("faults" in customer) return customer;
  const { currency } = record;
  if (currency == null) return failed("REQUIRED", "A new invoice needs a currency.", [...path, "currency"]);
  if (number != null && around.numbers.has(number)) return numberTaken(record);
  const now = around.nowOf(customer.id);
  const amounts = amountsOf(record, null, around.productIds);
  if ("faults" in amounts) return { outcome: "FAILED", ...amounts };
  const invoice = newInvoice({
    ...valuesFrom(record),
    environmentId,
    id: newId(),
    customerId: customer.id,
    currency,
    number: number ?? null,
    billingReason: "EXTERNAL",
    externalSource: source,
    externalId,
    externalType: record.externalType ?? null,
    externalUpdatedAt: externalUpdatedAt ? stored(externalUpdatedAt) : null,
    contentHash: record.hash,
    issuedAt: record.issuedAt ?? null,
    createdAt: now,
  });
  const moves = planMoves(record, invoice, now);
  if ("faults" in moves) return { outcome: "FAILED", ...moves };
  const warnings = [...unknownProducts(record, around), ...amounts.warnings, ...moves.warnings];
  const { invoice: composed } = composeInvoice(invoice, { ...amounts.contents, creditAvailable: 0n }, now);
  return {
    outcome: "CREATED",
    invoice: composed,
    contents: amounts.contents,
    moves: moves.moves,
    warnings,
    now,
  };
}

function planUpdate(record: ExternalInvoice, known: Known, around: Surroundings): InvoicePlan {
  const { path, externalUpdatedAt = null, number, hash } = record;
  const { invoice: before, stale, newer, storedUpdatedAt } = known;
  if (stale) return { outcome: "STALE", faults: [staleFault(storedUpdatedAt, externalUpdatedAt, path)] };
  if (hash === before.contentHash) return { outcome: "UNCHANGED", warnings: [], frozen: [] };
  const customer = customerOf(record, around);
  if (customer && "faults" in customer) return customer;
  const now = around.nowOf(before.customerId);
  const open = editableInvoiceStates.has(before.status);
  if (open && number != null && (around.numbers.get(number) ?? before.id) !== before.id) {
    return numberTaken(record);
  }
  const amounts =
    open && tellsAmounts(record) ? amountsOf(record, storedAmounts(known), around.productIds) : null;
  if (amounts && "faults" in amounts) return { outcome: "FAILED", ...amounts };
  const moves = planMoves(record, before, now);
  if ("faults" in moves) return { outcome: "FAILED", ...moves };
  const frozen = open ? [] : frozenFields(record, known, customer?.id ?? null);
  const values = {
    ...before,
    ...valuesFrom(record, before),
    externalType: record.externalType === undefined ? before.externalType : record.externalType,
    ...(open && {
      customerId: customer?.id ?? before.customerId,
      currency: record.currency ?? before.currency,
      number: number ?? before.number,
      issuedAt: record.issuedAt === undefined ? before.issuedAt : record.issuedAt,
    }),
  };
  const changed = amounts && !isSameContents(known.contents, amounts.contents) ? amounts.contents : null;
  const invoice = changed ? composeInvoice(values, { ...changed, creditAvailable: 0n }, now).invoice : values;
  const warnings = [
    ...frozen.map((field) => frozenWarning(field, known)),
    ...(open ? unknownProducts(record, around) : []),
    ...(amounts?.warnings ?? []),
    ...moves.warnings,
  ];
  if (!changed && !moves.moves.some((move) => move !== "revise") && !changedValues(before, invoice)) {
    return { outcome: "UNCHANGED", warnings, frozen };
  }
  const at = newer && externalUpdatedAt ? { externalUpdatedAt: stored(externalUpdatedAt) } : {};
  return {
    outcome: "UPDATED",
    invoice: { ...invoice, contentHash: hash, ...at },
    contents: changed,
    moves: moves.moves,
    warnings,
    now,
  };
}

function storedAmounts({ invoice: { subtotal, discount, tax }, contents }: Known) {
  return { subtotal, discount, tax, contents };
}
