import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";

/**
 * Takes the next `count` numbers of credit notes. The sequence stays locked until the transaction ends, and is as before when that
 * fails, so there are no gaps. One statement.
 */
export async function takeNoteNumbers(
  { environmentId, query }: Transaction,
  count: number,
): Promise<readonly string[]> {
  const rows = await query<{ number: string }>(Prisma.sql`
    WITH sequence AS (
      INSERT INTO number_sequences AS s (environment_id, kind, last) VALUES (${environmentId}::uuid, 'CREDIT_NOTE', ${count}::bigint)
      ON CONFLICT (environment_id, kind) DO UPDATE SET last = s.last + EXCLUDED.last RETURNING s.last
    )
    SELECT coalesce(
      (SELECT b.credit_note_prefix FROM billing_settings b WHERE b.environment_id = ${environmentId}::uuid), 'CN-'
    ) || lpad(n::text, greatest(6, length(n::text)), '0') AS number
    FROM sequence CROSS JOIN LATERAL generate_series(sequence.last - ${count}::bigint + 1, sequence.last) AS n ORDER BY n`);
  return rows.map(({ number }) => number);
}
