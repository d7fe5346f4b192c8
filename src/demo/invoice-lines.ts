import { Prisma } from "../db/generated/prisma/client.ts";
import { goods } from "./catalog-data.ts";
import type { Facts } from "./scenario.ts";
import { usageDays } from "./usage-events.ts";

/** Usage older than this many days before the end does not exist, so it is not looked for. */
const usageSearchDays = usageDays + 62;

/**
 * The common table expression `line`: the lines of the invoices in `draft`. A subscription's invoice has its plan for the
 * period that begins, and what its meters measured in the period that has ended; another invoice sells one to three goods.
 */
export function invoiceLines(facts: Facts): Prisma.Sql {
  const { environmentId, roll, asOf } = facts;
  return Prisma.sql`
    position AS (
      SELECT i, invoice_id, 1 AS place, product.name || ' plan' AS description, item.quantity, price.unit_amount, price.product_id,
             price.id AS price_id, item.id AS item_id, issue AS period_start, draft.period_end
      FROM draft
      JOIN subscription_items AS item ON item.environment_id = ${environmentId} AND item.subscription_id = draft.subscription_id AND item.position = 1
      JOIN prices AS price ON price.environment_id = ${environmentId} AND price.id = item.price_id
      JOIN products AS product ON product.environment_id = ${environmentId} AND product.id = price.product_id
      UNION ALL
      SELECT i, invoice_id, item.position, meter.name || ' (' || meter.unit_name || ')', used.quantity, price.unit_amount, price.product_id,
             price.id, item.id, usage_start, issue
      FROM draft
      JOIN subscription_items AS item ON item.environment_id = ${environmentId} AND item.subscription_id = draft.subscription_id AND item.position > 1
      JOIN prices AS price ON price.environment_id = ${environmentId} AND price.id = item.price_id
      JOIN meters AS meter ON meter.environment_id = ${environmentId} AND meter.id = price.meter_id
      CROSS JOIN LATERAL (
        SELECT CASE meter.aggregation
          WHEN 'COUNT' THEN count(*)
          WHEN 'SUM' THEN sum(quantity)
          WHEN 'MAX' THEN max(quantity)
          WHEN 'COUNT_UNIQUE' THEN count(DISTINCT properties ->> meter.unique_key) FILTER (WHERE meter.aggregation = 'COUNT_UNIQUE')
          ELSE (array_agg(quantity ORDER BY "timestamp" DESC, event.id DESC) FILTER (WHERE meter.aggregation = 'LAST'))[1] END AS quantity
        FROM usage_events AS event
        WHERE event.environment_id = ${environmentId} AND event.customer_id = draft.customer_id AND event.meter_id = meter.id
          AND event."timestamp" >= usage_start AND event."timestamp" < issue
      ) AS used
      WHERE issue > ${asOf} - make_interval(days => ${usageSearchDays}) AND used.quantity > 0
      UNION ALL
      SELECT i, invoice_id, slot, coalesce(product.name, 'Consulting'),
             CASE WHEN product.id IS NULL THEN (1 + ${roll("hours", "i * 4 + slot", 15)}) / 4.0 ELSE 1 + ${roll("pieces", "i * 4 + slot", 4)} END,
             coalesce(price.unit_amount, CASE draft.currency WHEN 'KWD' THEN 36500 ELSE 11950 END), product.id, price.id, NULL, NULL, NULL
      FROM draft
      CROSS JOIN LATERAL generate_series(1, 1 + ${roll("lines", "i", 3)}) AS slot
      CROSS JOIN LATERAL (SELECT ${roll("good", "i * 4 + slot", goods.length + 1)} AS good) AS chosen
      LEFT JOIN prices AS price ON price.environment_id = ${environmentId} AND price.active
        AND price.lookup_key = (${goods.map(({ key }) => key)}::text[])[1 + good] || '-' || lower(draft.currency)
      LEFT JOIN products AS product ON product.environment_id = ${environmentId} AND product.id = price.product_id
      WHERE draft.subscription_id IS NULL
    ),
    line AS MATERIALIZED (
      SELECT *, row_number() OVER (PARTITION BY i ORDER BY place) AS position, round(quantity * unit_amount)::bigint AS amount FROM position
    )`;
}
