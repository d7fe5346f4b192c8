import { Prisma } from "../db/generated/prisma/client.ts";
import type { Facts } from "./scenario.ts";

/**
 * The common table expressions `stated`: the invoices in `draft` with a status that fits their age and their subscription,
 * and when they were issued, are payable and were paid (null where they are not).
 */
export function invoiceStatus({ roll, asOf }: Facts): Prisma.Sql {
  const chance = roll("invoice status", "i", 100);
  /** The first status whose number is above the chance, the last one else. */
  const draw = (...steps: [status: string, below: number][]) =>
    Prisma.raw(
      `('{${steps.map(([status]) => status).join()}}'::text[])[1 + width_bucket(${chance.sql}, '{${steps
        .slice(0, -1)
        .map(([, below]) => below)
        .join()}}'::int[])]`,
    );
  return Prisma.sql`
    judged AS (
      SELECT draft.*, CASE
        WHEN subscription_status = 'PENDING' THEN 'SENT'
        WHEN latest AND subscription_status IN ('PAST_DUE', 'UNPAID') THEN 'OVERDUE'
        WHEN subscription_id IS NULL AND issue > ${asOf} - interval '40 days' AND ${roll("drafted", "i", 10)} < 3
          THEN ${draw(["DRAFT", 55], ["PENDING_APPROVAL", 80], ["REJECTED", 100])}
        WHEN due > ${asOf} - interval '10 days' AND collection_method = 'SEND_INVOICE'
          THEN ${draw(["SENT", 45], ["APPROVED", 55], ["FINALIZED", 62], ["PARTIALLY_PAID", 76], ["PAID", 100])}
        WHEN issue > ${asOf} - interval '3 days' THEN ${draw(["FINALIZED", 20], ["PAID", 100])}
        ELSE ${draw(["PAID", 89], ["REFUNDED", 91], ["VOID", 93], ["UNCOLLECTIBLE", 95], ["OVERDUE", 98], ["PARTIALLY_PAID", 100])}
      END AS status, due
      FROM draft
      CROSS JOIN LATERAL (SELECT issue + make_interval(days => CASE
        WHEN collection_method = 'CHARGE_AUTOMATICALLY' THEN 0 WHEN subscription_id IS NULL THEN 30 ELSE 14 END) AS due) AS terms
    ),
    stated AS (
      SELECT judged.*,
             CASE WHEN status NOT IN ('DRAFT', 'PENDING_APPROVAL', 'REJECTED') THEN issue END AS issued,
             CASE WHEN status NOT IN ('DRAFT', 'PENDING_APPROVAL', 'REJECTED') THEN due END AS payable,
             CASE WHEN status IN ('PAID', 'REFUNDED') THEN least(${asOf}, issue + CASE collection_method
               WHEN 'CHARGE_AUTOMATICALLY' THEN interval '2 minutes'
               ELSE make_interval(hours => 6 + ${roll("paid", "i", 480)}) END) END AS settled
      FROM judged
    )`;
}
