import type pg from "pg";
import { newId } from "../../src/kit/ids.ts";

/**
 * Makes a merchant of his own with `count` customers that have a subscription each, at two prices, whose January was billed and whose
 * February is due. Gives the id of the environment.
 */
export async function makeDue(pool: pg.Pool, count: number): Promise<string> {
  const [environmentId, productId, planId, seatsId] = [newId(), newId(), newId(), newId()];
  await pool.query(
    "INSERT INTO environments (id, merchant_id, merchant_name, livemode) VALUES ($1, gen_random_uuid(), 'Benchmark', false)",
    [environmentId],
  );
  await pool.query(
    "INSERT INTO products (environment_id, id, product_key, name, kind) VALUES ($1, $2, 'plan', 'Plan', 'SUBSCRIPTION')",
    [environmentId, productId],
  );
  await pool.query(
    `INSERT INTO prices (environment_id, id, product_id, type, currency, unit_amount, "interval", interval_count)
     VALUES ($1, $3, $2, 'RECURRING', 'USD', 4900, 'MONTH', 1), ($1, $4, $2, 'RECURRING', 'USD', 1250.5, 'MONTH', 1)`,
    [environmentId, productId, planId, seatsId],
  );
  await pool.query(
    `WITH numbered AS MATERIALIZED (
       SELECT n, gen_random_uuid() AS customer, gen_random_uuid() AS subscription FROM generate_series(1, $2::int) n
     ), customers AS (
       INSERT INTO customers (environment_id, id, email)
       SELECT $1, customer, 'due-' || n || '@example.org' FROM numbered
     ), subscriptions AS (
       INSERT INTO subscriptions (environment_id, id, customer_id, status, currency, "interval", billing_anchor_day,
         billing_anchor, started_at, current_period_start, current_period_end, cycles_billed, next_step_at)
       SELECT $1, subscription, customer, 'ACTIVE', 'USD', 'MONTH', 1 + n % 28, starts, starts, starts, starts + interval '1 month', 1,
         starts + interval '1 month'
       FROM numbered CROSS JOIN LATERAL (SELECT '2026-01-01Z'::timestamptz + make_interval(days => n % 28) AS starts) span
     )
     INSERT INTO subscription_items (environment_id, id, subscription_id, price_id, position, quantity)
     SELECT $1, gen_random_uuid(), subscription, price, position, quantity
     FROM numbered CROSS JOIN (VALUES ($3::uuid, 1, 1), ($4::uuid, 2, 7)) AS item(price, position, quantity)`,
    [environmentId, count, planId, seatsId],
  );
  await pool.query("ANALYZE");
  return environmentId;
}
