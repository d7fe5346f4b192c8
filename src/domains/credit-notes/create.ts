import { objectEvent, orStartOver } from "../../db/changes.ts";
import { type Row, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { stored } from "../../db/decimals.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { insertRows } from "../../db/writes.ts";
import { newId } from "../../kit/ids.ts";
import { newMetadata } from "../../kit/metadata.ts";
import { Refusal, refuse } from "../../kit/refusal.ts";
import { checked } from "../../kit/validate.ts";
import { nowFor } from "../clocks/index.ts";
import { moveBalances } from "../customers/index.ts";
import { creditInvoice, lockInvoice, readGivenBackOf, takeNoteNumbers } from "../invoices/index.ts";
import { cancelAtOnce } from "../subscriptions/index.ts";
import { readLines } from "./find.ts";
import { type CreateInput, createInput, hashOf } from "./input.ts";
import { type CreditNotePlan, planCreditNote } from "./plan.ts";

type NoteRow = Row<"CreditNote">;
type InvoiceRow = Row<"Invoice">;

/** A note, and whether it is new or was made by an earlier call with the same key. */
export interface CreatedCreditNote {
  readonly creditNote: NoteRow;
  readonly created: boolean;
  /** The invoice's subscription, where it was canceled with the note. */
  readonly subscription: Row<"BillingSubscription"> | null;
}

/**
 * Gives a customer back what it paid for an invoice, all or a part. With an idempotency key the same content is done once,
 * and other content is refused. All in one transaction, which has the invoice to itself.
 */
export async function createCreditNote(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<CreatedCreditNote> {
  const input = checked(createInput, sent);
  return transact(host, writer, async (transaction) => {
    const invoice = await lockInvoice(transaction, input.invoice);
    const known = await findByKey(transaction, input, invoice.id);
    if (known) return { creditNote: known, created: false, subscription: null };
    if (input.cancelSubscription && invoice.subscriptionId === null) {
      refuse("ILLEGAL_STATE", "The invoice is of no subscription.", ["cancelSubscription"]);
    }
    const givenBack = await readGivenBackOf(transaction, invoice);
    const lines = await readLines(transaction, invoice.id, input);
    const plan = planCreditNote(input, invoice, lines, givenBack);
    requireCreditable(plan, input);
    const times = await nowFor(transaction, [invoice.customerId]);
    const now = times.get(invoice.customerId) ?? transaction.now;
    const [number = ""] = await takeNoteNumbers(transaction, 1);
    const creditNote = noteOf(input, plan, invoice, number, now);
    await orStartOver(insertRows(transaction, "CreditNote", [creditNote]));
    await insertRows(transaction, "CreditNoteLine", linesOf(creditNote, plan));
    await giveBack(transaction, creditNote, invoice);
    transaction.emit(
      objectEvent("credit_note.created", creditNote),
      objectEvent("credit_note.issued", creditNote),
    );
    const ended = input.cancelSubscription ? invoice.subscriptionId : null;
    const subscription = ended && (await cancelWith(transaction, ended, creditNote));
    return { creditNote, created: true, subscription: subscription || null };
  });
}

/** Cancels the subscription that the note is about; what it is refused for is the fault of that wish. */
async function cancelWith(
  transaction: Transaction,
  subscriptionId: string,
  { number, reason }: NoteRow,
): Promise<Row<"BillingSubscription">> {
  try {
    return await cancelAtOnce(transaction, subscriptionId, reason ?? `Credit note ${number}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.faults.map((fault) => ({ ...fault, path: ["cancelSubscription"] })));
  }
}

/** The note that was made with this key; refuses a key that was used for something else. */
async function findByKey(
  { environmentId, query }: Transaction,
  input: CreateInput,
  invoiceId: string,
): Promise<NoteRow | null> {
  if (input.idempotencyKey == null) return null;
  const { name, select } = tableOf("CreditNote");
  const [note] = await query<NoteRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.idempotency_key = ${input.idempotencyKey}`);
  if (!note || note.contentHash === hashOf(input, invoiceId)) return note ?? null;
  const message = `The key was used for credit note ${note.number} (${note.id}), which says something else. Send a key of its own with a new note.`;
  return refuse("CONFLICT", message, ["idempotencyKey"], { existingId: note.id });
}

function requireCreditable(
  { money, amount, maxCreditable, exceedsMaxCreditable }: CreditNotePlan,
  { lines }: CreateInput,
): void {
  if (money.paid === 0n) {
    const message = "Nothing of the invoice is paid, so nothing can be given back. Void it, or write it off.";
    refuse("ILLEGAL_STATE", message, ["invoice"]);
  }
  if (!exceedsMaxCreditable) return;
  const message = `Only ${maxCreditable} of what was paid is left to be credited, and ${amount} would be.`;
  refuse("LIMIT_EXCEEDED", message, [lines ? "lines" : "amount"], {
    limit: money.paid,
    used: money.credited,
  });
}

function noteOf(
  input: CreateInput,
  { amount, taxAmount }: CreditNotePlan,
  { environmentId, id: invoiceId, customerId, currency }: InvoiceRow,
  number: string,
  now: Date,
): NoteRow {
  const creditMethod = input.creditMethod ?? "REFUND_TO_PAYMENT_METHOD";
  // Money that went back does not come back, so such a note is done with at once.
  const applied = creditMethod === "REFUND_TO_PAYMENT_METHOD";
  return {
    environmentId,
    id: newId(),
    invoiceId,
    customerId,
    number,
    status: applied ? "APPLIED" : "ISSUED",
    currency,
    amount,
    taxAmount,
    reason: input.reason ?? null,
    reasonCode: input.reasonCode ?? (input.proration ? "PRORATION" : "OTHER"),
    creditMethod,
    prorated: input.proration != null,
    daysTotal: input.proration?.daysTotal ?? null,
    daysUnused: input.proration?.daysUnused ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
    contentHash: input.idempotencyKey == null ? null : hashOf(input, invoiceId),
    metadata: newMetadata(input.metadata),
    issuedAt: now,
    appliedAt: applied ? now : null,
    voidedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

function linesOf(
  { environmentId, id: creditNoteId, createdAt }: NoteRow,
  { lines }: CreditNotePlan,
): Partial<Row<"CreditNoteLine">>[] {
  return lines.map(({ quantity, unitAmount, ...line }, position) => ({
    environmentId,
    id: newId(),
    creditNoteId,
    position,
    ...line,
    quantity: stored(quantity),
    unitAmount: stored(unitAmount),
    createdAt,
  }));
}

/** Gives the credit to the customer the way that was chosen, and counts the note towards its invoice. */
async function giveBack(transaction: Transaction, note: NoteRow, invoice: InvoiceRow): Promise<void> {
  const {
    id: creditNoteId,
    creditMethod,
    customerId,
    currency,
    amount,
    number,
    reason,
    createdAt: now,
  } = note;
  if (creditMethod === "CUSTOMER_BALANCE") {
    const description = `Credit note ${number}`;
    const { id: invoiceId } = invoice;
    await moveBalances(transaction, [
      { customerId, currency, amount, description, invoiceId, creditNoteId, now },
    ]);
  }
  const refund = creditMethod === "REFUND_TO_PAYMENT_METHOD" ? { reference: number, reason } : undefined;
  await creditInvoice(transaction, invoice, { amount, refund, now });
}
