import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { roundToInteger, sum } from "../../kit/decimal.ts";
import { atLeastZero, lesser, total } from "../../kit/money.ts";
import { type Period, later } from "../../kit/period.ts";
import { type TimeBasis, timeShare } from "../../kit/time-share.ts";

/** What was billed, or waits to be, for an item and a time that is not over. */
export interface BilledLine {
  readonly itemId: string;
  /** Below zero for what was credited. */
  readonly amount: bigint;
  /** What discounts took off it. */
  readonly discount: bigint;
  /** What credit notes gave back of it. */
  readonly credited: bigint;
  readonly period: Period;
}

/** What a subscription has been billed for the time from `now` on, and whether something waits for its next invoice. */
export interface Billed {
  readonly lines: readonly BilledLine[];
  readonly waiting: boolean;
}

type Row = Omit<BilledLine, "period"> & { start: Date; end: Date };

/** Reads what a subscription has been billed for the time from `now` on; void invoices bill nothing. Two statements. */
export async function readBilled(
  transaction: Transaction,
  subscriptionId: string,
  now: Date,
): Promise<Billed> {
  const { environmentId } = transaction;
  const rows = await transaction.query<Row>(Prisma.sql`
    SELECT l.subscription_item_id AS "itemId", l.amount, l.discount, l.period_start AS start, l.period_end AS "end",
      coalesce((SELECT sum(c.amount) FROM credit_note_lines c
        JOIN credit_notes n ON n.environment_id = c.environment_id AND n.id = c.credit_note_id
        WHERE c.environment_id = l.environment_id AND c.invoice_line_id = l.id AND n.status <> 'VOID'), 0)::bigint AS credited
    FROM invoices i
    JOIN invoice_lines l ON l.environment_id = i.environment_id AND l.invoice_id = i.id
    WHERE i.environment_id = ${environmentId}::uuid AND i.subscription_id = ${subscriptionId}::uuid
      AND i.status NOT IN ('VOID', 'UNCOLLECTIBLE') AND l.subscription_item_id IS NOT NULL AND l.period_end > ${now}`);
  const waiting = await transaction.query<Row & { itemId: string | null }>(Prisma.sql`
    SELECT p.subscription_item_id AS "itemId", p.amount, 0::bigint AS discount, 0::bigint AS credited,
      p.period_start AS start, p.period_end AS "end"
    FROM pending_invoice_items p
    WHERE p.environment_id = ${environmentId}::uuid AND p.subscription_id = ${subscriptionId}::uuid AND p.invoice_id IS NULL`);
  const lines = [...rows, ...waiting.filter(({ itemId, start, end }) => itemId && start && end > now)];
  return {
    lines: lines.map(({ start, end, ...line }) => ({ ...line, period: { start, end } })),
    waiting: waiting.length > 0,
  };
}

/**
 * What of all that was billed for an item is not used yet at `now`: the share of each of its lines from then on, earlier credits
 * among them. Rounded once, and never more than is left of what was billed. With `gross`, before discounts.
 */
export function unusedOf(
  { lines }: Billed,
  itemId: string,
  { now, basis, gross = false }: { readonly now: Date; readonly basis: TimeBasis; readonly gross?: boolean },
): bigint {
  const own = lines
    .filter((line) => line.itemId === itemId)
    .map((line) => ({
      period: line.period,
      net: line.amount - (gross ? 0n : line.discount) - line.credited,
    }));
  const unused = sum(
    own.map(({ net, period }) =>
      timeShare(net, { period, service: { start: later(period.start, now), end: period.end }, basis }),
    ),
  );
  const left = total(own.map(({ net }) => net));
  return atLeastZero(lesser(roundToInteger(unused, "HALF_TOWARDS_ZERO"), left));
}
