import { z } from "zod";
import { type Row, tableOf } from "../../db/datamodel.ts";
import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { isId } from "../../kit/ids.ts";
import { refuse } from "../../kit/refusal.ts";
import { checked, text } from "../../kit/validate.ts";
import { givingBack, lockInvoice } from "../invoices/index.ts";
import type { PlanInput } from "./input.ts";
import type { CreditableLine } from "./plan.ts";

const noteReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ number: text(64) })],
  "must name a credit note by either id or number",
);

/** Who works for which environment. */
type Scoped = Executor & { readonly environmentId: string };

const forChange = Prisma.sql`FOR NO KEY UPDATE`;

/** The lines of an invoice that an input names, by their ids, with what was taken back of each. One statement, or none. */
export async function readLines(
  { environmentId, query }: Scoped,
  invoiceId: string,
  { lines }: PlanInput,
): Promise<ReadonlyMap<string, CreditableLine>> {
  const ids = (lines ?? []).map(({ line }) => line).filter(isId);
  if (!ids.length) return new Map();
  const { name, select } = tableOf("InvoiceLine");
  const rows = await query<CreditableLine>(Prisma.sql`
    SELECT ${select}, (
      SELECT coalesce(sum(round(part.quantity * part.unit_amount)), 0)::bigint FROM credit_note_lines part
      JOIN credit_notes note ON note.environment_id = part.environment_id AND note.id = part.credit_note_id
      WHERE part.environment_id = t.environment_id AND part.invoice_line_id = t.id AND note.status <> 'VOID'
    ) + (
      SELECT coalesce(round(sum(back.net) * t.amount / nullif(t.amount - t.discount, 0)), 0)::bigint FROM (
        ${givingBack(Prisma.sql`${environmentId}::uuid`, Prisma.sql`t.id`)}
      ) back
    ) AS credited
    FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.invoice_id = ${invoiceId}::uuid AND t.id = ANY(${ids}::uuid[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Locks the note that a reference names, after its invoice, as everyone does who changes either; refuses, at `creditNote`,
 * one that names none. Three statements.
 */
export async function lockNote(
  transaction: Transaction,
  sent: unknown,
): Promise<{ readonly note: Row<"CreditNote">; readonly invoice: Row<"Invoice"> }> {
  const reference = checked(noteReference, sent, ["creditNote"]);
  const { environmentId, query } = transaction;
  const { name, select } = tableOf("CreditNote");
  const find = (condition: Prisma.Sql, lock: Prisma.Sql) =>
    query<Row<"CreditNote">>(Prisma.sql`
      SELECT ${select} FROM ${name} t WHERE t.environment_id = ${environmentId}::uuid AND ${condition} ${lock}`);
  const condition =
    "number" in reference
      ? Prisma.sql`t.number = ${reference.number}`
      : isId(reference.id)
        ? Prisma.sql`t.id = ${reference.id}::uuid`
        : null;
  const [found] = condition ? await find(condition, Prisma.empty) : [];
  if (!found) return refuse("NOT_FOUND", "There is no such credit note.", ["creditNote"]);
  const invoice = await lockInvoice(transaction, { id: found.invoiceId });
  const [note] = await find(Prisma.sql`t.id = ${found.id}::uuid`, forChange);
  if (!note) throw new Error("a credit note is gone");
  return { note, invoice };
}
