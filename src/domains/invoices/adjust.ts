import { objectEvent } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import type { Transaction } from "../../db/transaction.ts";
import { stored } from "../../db/decimals.ts";
import { insertRows } from "../../db/writes.ts";
import { decimal, roundTo } from "../../kit/decimal.ts";
import { newId } from "../../kit/ids.ts";
import { total } from "../../kit/money.ts";
import { sumOfTaxes } from "../catalog/index.ts";
import { moved } from "./advance.ts";
import { saveInvoices } from "./change.ts";
import { type InvoiceRow, composeInvoice } from "./compose.ts";
import { readContents } from "./contents.ts";
import { lockInvoices } from "./find.ts";
import { netOf } from "./ledger/fold.ts";
import { type GiveBack, type Postings, moneyOf } from "./ledger/give-back.ts";
import { takeNoteNumbers } from "./note-numbers.ts";
import { replaceContents } from "./write-parts.ts";

/** Posts what is given back, all at once. Gives the invoices whose amounts due were lowered, as they are then. */
export async function postGiveBacks(
  transaction: Transaction,
  postings: readonly Postings[],
  why: { readonly reason: string; readonly now: Date },
): Promise<InvoiceRow[]> {
  await addToDrafts(
    transaction,
    postings.flatMap(({ onDrafts }) => onDrafts),
    why.now,
  );
  return lowerAmountsDue(
    transaction,
    postings.flatMap(({ adjustments }) => adjustments),
    why,
  );
}

/**
 * Lowers what is due of invoices by parts of their lines, with a credit note for each invoice. One of which nothing more is due is paid.
 * Gives the invoices as they are then. Six statements at most, however many, or none.
 */
async function lowerAmountsDue(
  transaction: Transaction,
  parts: readonly GiveBack[],
  { reason, now }: { readonly reason: string; readonly now: Date },
): Promise<InvoiceRow[]> {
  const byInvoice = Map.groupBy(parts, ({ line }) => line.invoice?.id ?? "");
  const invoices = await lockInvoices(transaction, [...byInvoice.keys()]);
  const wanted = [...byInvoice].flatMap(([id, own]) => {
    const before = invoices.get(id);
    const amount = total(own.map(moneyOf));
    return before && amount > 0n ? [{ before, parts: own, amount }] : [];
  });
  if (!wanted.length) return [];
  const numbers = await takeNoteNumbers(transaction, wanted.length);
  const notes = wanted.map((one, index) => ({
    ...one,
    note: noteOf(one.before, one, { number: numbers[index] ?? "", reason, now }),
  }));
  await insertRows(
    transaction,
    "CreditNote",
    notes.map(({ note }) => note),
  );
  await insertRows(
    transaction,
    "CreditNoteLine",
    notes.flatMap(({ note, parts: own }) => linesOf(note, own)),
  );
  transaction.emit(
    ...notes.flatMap(({ note }) => [
      objectEvent("credit_note.created", note),
      objectEvent("credit_note.issued", note),
    ]),
  );
  return saveInvoices(
    transaction,
    notes.map(({ before, amount }) => ({ before, after: lowered(before, amount, now) })),
    now,
  );
}

function lowered(before: InvoiceRow, amount: bigint, now: Date): InvoiceRow {
  const amounts = {
    amountAdjusted: before.amountAdjusted + amount,
    amountDue: before.amountDue - amount,
  };
  return amounts.amountDue === 0n
    ? moved(before, "payFully", { ...amounts, paidAt: now })
    : { ...before, ...amounts };
}

function noteOf(
  { environmentId, id: invoiceId, customerId, currency }: InvoiceRow,
  { amount, parts }: { readonly amount: bigint; readonly parts: readonly GiveBack[] },
  { number, reason, now }: { readonly number: string; readonly reason: string; readonly now: Date },
): Row<"CreditNote"> {
  return {
    environmentId,
    id: newId(),
    invoiceId,
    customerId,
    number,
    status: "APPLIED",
    currency,
    amount,
    taxAmount: sumOfTaxes(
      parts.flatMap(({ taxes }) => taxes),
      false,
    ),
    reason,
    reasonCode: "PRORATION",
    creditMethod: "AMOUNT_DUE",
    prorated: true,
    daysTotal: null,
    daysUnused: null,
    idempotencyKey: null,
    contentHash: null,
    metadata: {},
    issuedAt: now,
    appliedAt: now,
    voidedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

function linesOf(
  { environmentId, id: creditNoteId, createdAt }: Row<"CreditNote">,
  parts: readonly GiveBack[],
): Row<"CreditNoteLine">[] {
  return parts.map(({ line, net, period }, position) => ({
    environmentId,
    id: newId(),
    creditNoteId,
    invoiceLineId: line.id,
    position,
    description: line.description,
    quantity: stored(1),
    // What it takes back of the line before its discount.
    unitAmount: stored(
      roundTo(
        decimal(line.amount)
          .times(decimal(net))
          .div(decimal(netOf(line))),
        12,
      ),
    ),
    amount: net,
    periodStart: period.start,
    periodEnd: period.end,
    createdAt,
  }));
}

/** Puts lines on drafts that give back what the drafts bill. Twelve statements at most, however many, or none. */
async function addToDrafts(transaction: Transaction, added: Postings["onDrafts"], now: Date): Promise<void> {
  if (!added.length) return;
  const byInvoice = Map.groupBy(added, ({ invoiceId }) => invoiceId);
  const invoices = [...(await lockInvoices(transaction, [...byInvoice.keys()])).values()];
  const contents = await readContents(transaction, invoices);
  const edited = invoices.flatMap((before) => {
    const known = contents.get(before.id);
    if (!known) return [];
    const lines = [...known.lines, ...(byInvoice.get(before.id) ?? []).map(({ line }) => line)];
    return [{ before, parts: composeInvoice(before, { ...known, lines, creditAvailable: 0n }, now) }];
  });
  await saveInvoices(
    transaction,
    edited.map(({ before, parts }) => ({ before, after: parts.invoice })),
    now,
  );
  await replaceContents(
    transaction,
    edited.map(({ parts }) => parts),
  );
}
