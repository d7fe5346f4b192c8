import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";

/**
 * Takes the next number of a credit note. The sequence stays locked until the transaction ends, and is as before when that
 * fails, so there are no gaps. One statement.
 */
export async function takeNumber({ environmentId, query }: Transaction): Promise<string> {
  const [row] = await query<{ number: string }>(Prisma.sql`
    WITH sequence AS (
      INSERT INTO number_sequences AS s (environment_id, kind, last) VALUES (${environmentId}::uuid, 'CREDIT_NOTE', 1)
      ON CONFLICT (environment_id, kind) DO UPDATE SET last = s.last + 1 RETURNING s.last
    )
    SELECT coalesce(
      (SELECT b.credit_note_prefix FROM billing_settings b WHERE b.environment_id = ${environmentId}::uuid), 'CN-'
    ) || lpad(last::text, greatest(6, length(last::text)), '0') AS number FROM sequence`);
  if (!row) throw new Error("the sequence gave no number");
  return row.number;
}
