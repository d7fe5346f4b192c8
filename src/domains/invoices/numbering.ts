import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";

/** A number as it is printed, for a sequence number called `n`. */
const printed = (prefix: string) => Prisma.sql`${prefix} || lpad(n::text, greatest(6, length(n::text)), '0')`;

/** The condition that nobody has the number for `n`, or is about to. */
const isFree = (environmentId: string, prefix: string, spoken: readonly string[]) => Prisma.sql`
  NOT EXISTS (
    SELECT FROM invoices WHERE environment_id = ${environmentId}::uuid AND invoices.number = ${printed(prefix)}
  ) AND ${printed(prefix)} <> ALL(${spoken}::text[])`;

/**
 * Takes the next `count` numbers of invoices. The sequence stays locked until the transaction ends, and is as before when
 * that fails, so there are no gaps. Numbers that invoices from other systems have are left to them, as are those that are `spoken` for.
 * Whoever writes them starts over when another transaction comes by one of them first. One statement, unless there are such.
 */
export async function takeNumbers(
  transaction: Transaction,
  prefix: string,
  count: number,
  spoken: readonly string[] = [],
): Promise<readonly string[]> {
  if (count === 0) return [];
  const { environmentId } = transaction;
  const rows = await transaction.query<{ last: bigint; number: string | null }>(Prisma.sql`
    WITH sequence AS (
      INSERT INTO number_sequences AS s (environment_id, kind, last) VALUES (${environmentId}::uuid, 'INVOICE', ${count}::bigint)
      ON CONFLICT (environment_id, kind) DO UPDATE SET last = s.last + EXCLUDED.last RETURNING s.last
    )
    SELECT sequence.last, free.number FROM sequence LEFT JOIN LATERAL (
      SELECT n, ${printed(prefix)} AS number FROM generate_series(sequence.last - ${count}::bigint + 1, sequence.last) AS n
      WHERE ${isFree(environmentId, prefix, spoken)}
    ) free ON true ORDER BY free.n`);
  const numbers = rows.flatMap(({ number }) => number ?? []);
  const missing = count - numbers.length;
  return missing
    ? [...numbers, ...(await takeBeyond(transaction, prefix, missing, rows[0]?.last ?? 0n, spoken))]
    : numbers;
}

/** Takes `count` more numbers after `last`, and so much further as others have some of them. */
async function takeBeyond(
  transaction: Transaction,
  prefix: string,
  count: number,
  last: bigint,
  spoken: readonly string[],
): Promise<readonly string[]> {
  const { environmentId } = transaction;
  for (let width = 2 * count + 50; ; width *= 4) {
    // Each search goes further than the one before.
    // oxlint-disable-next-line no-await-in-loop
    const free = await transaction.query<{ n: bigint; number: string }>(Prisma.sql`
      SELECT n, ${printed(prefix)} AS number FROM generate_series(${last}::bigint + 1, ${last}::bigint + ${width}) AS n
      WHERE ${isFree(environmentId, prefix, spoken)}
      ORDER BY n LIMIT ${count}`);
    const end = free[count - 1]?.n;
    if (end === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop
    await transaction.query(Prisma.sql`
      UPDATE number_sequences SET last = ${end} WHERE environment_id = ${environmentId}::uuid AND kind = 'INVOICE'`);
    return free.map(({ number }) => number);
  }
}
