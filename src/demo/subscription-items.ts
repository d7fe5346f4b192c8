import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { meters, plans } from "./catalog-data.ts";
import type { Facts, Range } from "./scenario.ts";

/** Inserts the items of the subscriptions of a range of customers: the plan, and the meters that they are billed by. */
export async function insertSubscriptionItems(
  executor: Executor,
  facts: Facts,
  { first, last }: Range,
): Promise<void> {
  const { environmentId, id, roll } = facts;
  const keys = (list: readonly { key: string }[]) => list.map(({ key }) => key);
  await executor.query(Prisma.sql`
    INSERT INTO subscription_items (
      environment_id, id, subscription_id, price_id, position, description, quantity, created_at, updated_at)
    SELECT ${environmentId}, ${id("subscription item", "s * 6 + position")}, subscription.id, price.id, position,
           CASE position WHEN 1 THEN 'Locations' END,
           CASE WHEN position = 1 AND plan > 0 THEN 1 + ${roll("locations billed", "s", 8)} ELSE 1 END,
           subscription.created_at, subscription.created_at
    FROM generate_series(${first}::bigint, ${last}::bigint) AS n
    CROSS JOIN LATERAL (VALUES
      (2 * n - 1, CASE WHEN ${facts.metered} THEN ${facts.meters} ELSE 0 END), (2 * n, 0)) AS held(s, meters)
    JOIN subscriptions AS subscription
      ON subscription.environment_id = ${environmentId} AND subscription.id = ${id("subscription", "s")}
    CROSS JOIN LATERAL (SELECT ${facts.plan("s")} AS plan, CASE
      WHEN "interval" = 'YEAR' THEN 'year' WHEN interval_count = 3 THEN 'quarter' ELSE 'month' END AS term) AS chosen
    CROSS JOIN LATERAL generate_series(1, 1 + meters) AS position
    JOIN prices AS price ON price.environment_id = ${environmentId} AND price.active AND price.lookup_key =
      CASE position WHEN 1 THEN (${keys(plans)}::text[])[1 + plan] || '-' || term
                    ELSE (${keys(meters)}::text[])[position - 1] END || '-' || lower(subscription.currency)`);
}
