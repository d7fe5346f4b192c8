import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { type Facts, type Range, placeTable } from "./scenario.ts";

/** Inserts the tax rates of the places that have one, and two discounts. */
export async function insertTerms(executor: Executor, { environmentId, id, asOf }: Facts): Promise<void> {
  const created = Prisma.sql`${asOf} - make_interval(months => 40)`;
  await executor.query(Prisma.sql`
    WITH ${placeTable}
    INSERT INTO tax_rates (environment_id, id, name, percentage, country, state, created_at, updated_at)
    SELECT ${environmentId}, ${id("tax rate", "number")}, CASE country WHEN 'US' THEN 'Sales tax' WHEN 'CA' THEN 'HST'
             WHEN 'AU' THEN 'GST' WHEN 'JP' THEN 'Consumption tax' ELSE 'VAT' END, tax_rate, country, state, ${created}, ${created}
    FROM place WHERE tax_rate > 0`);
  await executor.query(Prisma.sql`
    INSERT INTO discounts (environment_id, id, code, name, type, value, duration, duration_cycles, created_at, updated_at)
    VALUES (${environmentId}, ${id("discount", "1")}, 'WELCOME', 'Welcome', 'PERCENTAGE', 20, 'REPEATING', 3, ${created}, ${created}),
           (${environmentId}, ${id("discount", "2")}, 'PARTNER', 'Partners', 'PERCENTAGE', 10, 'FOREVER', NULL, ${created}, ${created})`);
}

/** Gives the subscriptions of a range of customers the tax rate of their place, and some of them a discount. */
export async function linkTerms(executor: Executor, facts: Facts, { first, last }: Range): Promise<void> {
  const { environmentId, id, roll } = facts;
  const held = Prisma.sql`
    FROM generate_series(${first}::bigint, ${last}::bigint) AS n
    CROSS JOIN LATERAL (VALUES (2 * n - 1), (2 * n)) AS held(s)
    JOIN subscriptions AS subscription ON subscription.environment_id = ${environmentId} AND subscription.id = ${id("subscription", "s")}`;
  await executor.query(Prisma.sql`
    WITH ${placeTable}
    INSERT INTO subscription_tax_rates (environment_id, subscription_id, tax_rate_id)
    SELECT ${environmentId}, subscription.id, ${id("tax rate", "place.number")} ${held}
    JOIN place ON place.number = ${facts.place} AND tax_rate > 0`);
  await executor.query(Prisma.sql`
    WITH redeemed AS (
      INSERT INTO discount_redemptions (environment_id, id, discount_id, customer_id, subscription_id, redeemed_at)
      SELECT ${environmentId}, ${id("redemption", "s")}, CASE WHEN ${roll("discount", "s", 8)} = 0 THEN ${id("discount", "1")} ELSE ${id("discount", "2")} END,
             subscription.customer_id, subscription.id, subscription.created_at ${held}
      WHERE ${roll("discount", "s", 8)} < 2 RETURNING discount_id
    )
    UPDATE discounts SET redemptions = redemptions + used
    FROM (SELECT discount_id, count(*)::int AS used FROM redeemed GROUP BY 1) AS counted
    WHERE environment_id = ${environmentId} AND discounts.id = discount_id`);
}
