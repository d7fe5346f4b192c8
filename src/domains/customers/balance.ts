import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { newId } from "../../kit/ids.ts";
import { toJson } from "../../db/json.ts";

/** A customer's balance is kept by currency. */
export interface BalanceKey {
  readonly customerId: string;
  readonly currency: string;
}

/** One movement of a balance. */
export interface BalanceMovement extends BalanceKey {
  /** Positive for credit that comes in, negative for credit that is used; never 0. */
  readonly amount: bigint;
  readonly description: string;
  readonly invoiceId?: string | null;
  readonly creditNoteId?: string | null;
  readonly now: Date;
}

/** A balance's key as a text. */
export function balanceKey({ customerId, currency }: BalanceKey): string {
  return `${customerId} ${currency}`;
}

/** Locks balances until the transaction ends, and gives what they hold by `balanceKey`; those without a row hold nothing. One statement. */
export async function lockBalances(
  transaction: Transaction,
  keys: readonly BalanceKey[],
): Promise<Map<string, bigint>> {
  if (!keys.length) return new Map();
  const rows = await transaction.query<BalanceKey & { amount: bigint }>(Prisma.sql`
    SELECT b.customer_id AS "customerId", b.currency, b.amount FROM customer_balances b
    WHERE b.environment_id = ${transaction.environmentId}::uuid
      AND (b.customer_id, b.currency::text) IN (
        SELECT * FROM unnest(${keys.map(({ customerId }) => customerId)}::uuid[], ${keys.map(({ currency }) => currency)}::text[])
      )
    ORDER BY b.customer_id, b.currency FOR UPDATE`);
  return new Map(rows.map((row) => [balanceKey(row), row.amount]));
}

/** Moves balances, and writes down each movement with the balance after it. The database refuses what would take one below 0. Two statements. */
export async function moveBalances(
  transaction: Transaction,
  movements: readonly BalanceMovement[],
): Promise<void> {
  if (!movements.length) return;
  const { environmentId } = transaction;
  const records = toJson(
    movements.map(({ customerId, currency, amount, description, invoiceId, creditNoteId, now }) => ({
      id: newId(),
      customer_id: customerId,
      currency,
      amount,
      description,
      invoice_id: invoiceId ?? null,
      credit_note_id: creditNoteId ?? null,
      created_at: now,
    })),
  );
  await transaction.query(Prisma.sql`
    INSERT INTO customer_balances (environment_id, customer_id, currency)
    SELECT DISTINCT ${environmentId}::uuid, m.customer_id, m.currency
    FROM jsonb_populate_recordset(NULL::customer_balance_transactions, ${records}::jsonb) m
    ORDER BY 2, 3 ON CONFLICT DO NOTHING`);
  await transaction.query(Prisma.sql`
    WITH movement AS (
      SELECT m.*, sum(m.amount) OVER (PARTITION BY m.customer_id, m.currency ORDER BY list.position) AS running
      FROM jsonb_array_elements(${records}::jsonb) WITH ORDINALITY AS list(record, position)
      CROSS JOIN LATERAL jsonb_populate_record(NULL::customer_balance_transactions, list.record) m
    ), change AS (
      SELECT customer_id, currency, sum(amount) AS amount FROM movement GROUP BY 1, 2
    ), moved AS (
      UPDATE customer_balances b SET amount = b.amount + change.amount
      FROM change
      WHERE b.environment_id = ${environmentId}::uuid AND b.customer_id = change.customer_id AND b.currency = change.currency
      RETURNING b.customer_id, b.currency, b.amount - change.amount AS before
    )
    INSERT INTO customer_balance_transactions (
      environment_id, id, customer_id, currency, amount, balance, description, invoice_id, credit_note_id, created_at)
    SELECT ${environmentId}::uuid, m.id, m.customer_id, m.currency, m.amount, moved.before + m.running, m.description,
           m.invoice_id, m.credit_note_id, m.created_at
    FROM movement m JOIN moved ON moved.customer_id = m.customer_id AND moved.currency = m.currency`);
}
