import { Prisma } from "../db/generated/prisma/client.ts";
import { type Facts, type Range, type Scenario, placeTable } from "./scenario.ts";

/**
 * Common table expressions that end in `draft`: the invoices of a range of customers without their amounts. A customer's
 * subscriptions share his invoices, one for each of their last periods, issued when the period starts; those that are
 * left over belong to no subscription and are spread over his time. `i` is the number of an invoice.
 */
export function invoiceDrafts(
  facts: Facts,
  { invoicesPerCustomer }: Scenario,
  { first, last }: Range,
): Prisma.Sql {
  const { environmentId, id, roll, asOf } = facts;
  return Prisma.sql`
    ${placeTable},
    held AS MATERIALIZED (
      SELECT n, s, subscription.id AS subscription_id, subscription.status, collection_method, started_at, months, period,
             least(share, CASE WHEN subscription.status = 'TRIALING' THEN 0 ELSE period + 1 END) AS billed
      FROM generate_series(${first}::bigint, ${last}::bigint) AS n
      CROSS JOIN LATERAL (VALUES
        (2 * n - 1, ${invoicesPerCustomer}::int - CASE WHEN ${facts.hasSecond} THEN ${invoicesPerCustomer}::int / 2 ELSE 0 END),
        (2 * n, ${invoicesPerCustomer}::int / 2)) AS slot(s, share)
      JOIN subscriptions AS subscription
        ON subscription.environment_id = ${environmentId} AND subscription.id = ${id("subscription", "s")}
      CROSS JOIN LATERAL (SELECT CASE "interval" WHEN 'YEAR' THEN 12 ELSE 1 END * interval_count AS months) AS term
      CROSS JOIN LATERAL (SELECT ((extract(year FROM current_period_start) - extract(year FROM started_at)) * 12
        + extract(month FROM current_period_start) - extract(month FROM started_at))::int / months AS period) AS present
    ),
    due AS (
      SELECT n, subscription_id, status AS subscription_status, collection_method, q = period AS latest,
             started_at + make_interval(months => q * months) AS issue,
             started_at + make_interval(months => (q + 1) * months) AS period_end,
             CASE WHEN q > 0 THEN started_at + make_interval(months => (q - 1) * months) END AS usage_start
      FROM held CROSS JOIN LATERAL generate_series(period - billed + 1, period) AS q
      UNION ALL
      SELECT n, NULL, NULL, 'SEND_INVOICE', false,
             date_trunc('milliseconds', ${facts.joined} + (${asOf} - ${facts.joined})
               * ((c + ${roll("issue", "n * 1000 + c", 1000)} / 1000.0) / remaining)),
             NULL, NULL
      FROM generate_series(${first}::bigint, ${last}::bigint) AS n
      LEFT JOIN (SELECT n, sum(billed) AS billed FROM held GROUP BY n) AS taken USING (n)
      CROSS JOIN LATERAL (SELECT ${invoicesPerCustomer}::int - coalesce(billed, 0)::int AS remaining) AS rest
      CROSS JOIN LATERAL generate_series(0, remaining - 1) AS c
    ),
    draft AS MATERIALIZED (
      SELECT *, ${id("invoice", "i")} AS invoice_id, ${id("customer", "n")} AS customer_id
      FROM (
        SELECT due.*, currency, tax_rate, (n - 1) * ${invoicesPerCustomer}::int + ordinal AS i
        FROM (SELECT *, row_number() OVER (PARTITION BY n ORDER BY issue, subscription_id) AS ordinal FROM due) AS due
        JOIN place ON place.number = ${facts.place}
      ) AS numbered
    )`;
}
