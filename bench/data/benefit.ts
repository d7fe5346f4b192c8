import type pg from "pg";

/** The key of the benefit that the benchmark asks for. */
export const benefitKey = "benchmark";

const customersAsked = 1_000;

/**
 * Lets the product that is subscribed to most give a benefit whose use is counted by a meter and never comes to an end, and gives
 * customers with one active item of it. What is there from an earlier run stays.
 */
export async function giveBenefit(
  pool: pg.Pool,
  environmentId: string,
  meterId: string,
): Promise<readonly string[]> {
  await pool.query(
    `INSERT INTO benefits (environment_id, id, key, name, type, meter_id, "limit", reset_period)
     VALUES ($1, gen_random_uuid(), $2, 'Benchmark', 'METERED', $3, 1000000000, 'NEVER')
     ON CONFLICT (environment_id, key) DO NOTHING`,
    [environmentId, benefitKey, meterId],
  );
  await pool.query(
    `INSERT INTO product_benefits (environment_id, id, product_id, benefit_id)
     SELECT $1, gen_random_uuid(), sold.product_id, b.id
     FROM benefits b CROSS JOIN (
       SELECT p.product_id FROM subscription_items i
       JOIN prices p ON p.environment_id = i.environment_id AND p.id = i.price_id
       WHERE i.environment_id = $1 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) sold
     WHERE b.environment_id = $1 AND b.key = $2 ON CONFLICT (environment_id, product_id, benefit_id) DO NOTHING`,
    [environmentId, benefitKey],
  );
  await pool.query("ANALYZE benefits, product_benefits");
  const { rows } = await pool.query<{ id: string }>(
    `SELECT s.customer_id AS id FROM product_benefits l
     JOIN prices p ON p.environment_id = $1 AND p.product_id = l.product_id
     JOIN subscription_items i ON i.environment_id = $1 AND i.price_id = p.id AND i.removed_at IS NULL
     JOIN subscriptions s ON s.environment_id = $1 AND s.id = i.subscription_id
     WHERE l.environment_id = $1
     GROUP BY 1 HAVING count(*) = 1 AND min(s.status) = 'ACTIVE' AND min(s.started_at) < now()
     ORDER BY md5(s.customer_id::text) LIMIT $2`,
    [environmentId, customersAsked],
  );
  return rows.map(({ id }) => id);
}
