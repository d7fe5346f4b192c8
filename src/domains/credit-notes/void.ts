import { z } from "zod";
import { changeEvent } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { refuse } from "../../kit/refusal.ts";
import { allowedMoves, requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import { nowFor } from "../clocks/index.ts";
import { balanceKey, lockBalances, moveBalances } from "../customers/index.ts";
import { creditInvoice } from "../invoices/index.ts";
import { lockNote } from "./find.ts";
import { creditNoteMachine } from "./status.ts";

type NoteRow = Row<"CreditNote">;

const voidInput = z.strictObject({ creditNote: z.unknown() });

/**
 * Takes a note back that was issued and not applied: its amount can be credited again, and what it put into the customer's
 * balance is taken out, unless that was used by now.
 */
export async function voidCreditNote(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<{ readonly creditNote: NoteRow }> {
  const input = checked(voidInput, sent);
  return transact(host, writer, async (transaction) => {
    const { note, invoice } = await lockNote(transaction, input.creditNote);
    const path = ["creditNote"];
    const status = requireMove(creditNoteMachine, note.status, "void", { noun: "The credit note", path });
    const times = await nowFor(transaction, [note.customerId]);
    const now = times.get(note.customerId) ?? transaction.now;
    if (note.creditMethod === "CUSTOMER_BALANCE") await takeBack(transaction, note, now);
    const creditNote: NoteRow = { ...note, status, voidedAt: now, updatedAt: now };
    await transaction.query(Prisma.sql`
      UPDATE credit_notes SET status = 'VOID', voided_at = ${now}, updated_at = ${now}
      WHERE environment_id = ${transaction.environmentId}::uuid AND id = ${note.id}::uuid`);
    transaction.emit(changeEvent("credit_note.voided", { before: note, after: creditNote }));
    await creditInvoice(transaction, invoice, { amount: -note.amount, now });
    return { creditNote };
  });
}

async function takeBack(transaction: Transaction, note: NoteRow, now: Date): Promise<void> {
  const { id: creditNoteId, customerId, currency, amount, number, invoiceId, status } = note;
  const balances = await lockBalances(transaction, [{ customerId, currency }]);
  const held = balances.get(balanceKey({ customerId, currency })) ?? 0n;
  if (held < amount) {
    const message = `The customer's balance holds ${held} of the ${amount} that the note put there; the rest is used.`;
    const allowed = allowedMoves(creditNoteMachine, status).filter((move) => move !== "void");
    refuse("ILLEGAL_STATE", message, ["creditNote"], { state: status, move: "void", allowed });
  }
  const description = `Voiding of credit note ${number}`;
  const movement = { customerId, currency, amount: -amount, description, invoiceId, creditNoteId, now };
  await moveBalances(transaction, [movement]);
}
