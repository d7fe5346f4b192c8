import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { demoId } from "./dice.ts";
import { meters } from "./catalog-data.ts";
import { type Facts, type Range, type Scenario, countMetered, meteredCustomer } from "./scenario.ts";

/** How many days before the end the first event takes place. */
export const usageDays = 180;

/**
 * Inserts the usage events of a range. They are evenly spread over the time; of the metered customers, the first have by
 * far the most. One in fifty names no subscription.
 */
export async function insertUsageEvents(
  executor: Executor,
  facts: Facts,
  scenario: Scenario,
  { first, last }: Range,
): Promise<void> {
  const { environmentId, id, roll, asOf } = facts;
  const meterIds = meters.map((_, index) => demoId(scenario.seed, "meter", index + 1));
  const fraction = Prisma.sql`(${roll("customer", "e", 1_000_000)} / 1000000.0::float8)`;
  await executor.query(Prisma.sql`
    WITH stored AS (
    INSERT INTO usage_events (
      environment_id, id, customer_id, meter_id, subscription_id, quantity, "timestamp", idempotency_key, properties, created_at)
    SELECT ${environmentId}, ${id("usage event", "e")}, ${id("customer", "n")}, (${meterIds}::uuid[])[meter],
           CASE WHEN ${roll("subscription", "e", 50)} > 0 THEN ${id("subscription", "2 * n - 1")} END,
           CASE meter WHEN 2 THEN 1 + ${roll("parts", "e", 6)}
                      WHEN 3 THEN 40 + ${roll("members", "e", 360)}
                      WHEN 5 THEN (10000 + ${roll("storage", "e", 90_000)}) / 1000.0
                      ELSE 1 END,
           happened, ${`seed-${scenario.seed}-`} || e,
           CASE meter WHEN 4 THEN jsonb_build_object('member_id', 'M-' || 1000 + ${roll("member", "e", 400)})
                      ELSE jsonb_build_object('location', ('{Main floor,Studio,Pool,Annex}'::text[])[1 + ${roll("location", "e", 4)}]) END,
           least(happened + make_interval(secs => ${roll("delay", "e", 5000)} / 1000.0), ${asOf})
    FROM generate_series(${first}::bigint, ${last}::bigint) AS e
    CROSS JOIN LATERAL (SELECT floor(${countMetered(scenario.customers)}::float8 * ${fraction} * ${fraction})::bigint AS j) AS drawn
    CROSS JOIN LATERAL (SELECT ${meteredCustomer("j")} AS n OFFSET 0) AS customer
    CROSS JOIN LATERAL (SELECT 1 + ${roll("meter", "e", 1_000_000)} % ${facts.meters} AS meter OFFSET 0) AS metering
    CROSS JOIN LATERAL (SELECT ${asOf} - make_interval(secs => floor(
      (1 - (e - 1 + ${roll("moment", "e", 1000)} / 1000.0::float8) / ${scenario.events}::float8) * ${usageDays * 86_400_000}
    ) / 1000) AS happened OFFSET 0) AS moment
    RETURNING environment_id, idempotency_key, id, "timestamp")
    INSERT INTO usage_event_keys (environment_id, idempotency_key, event_id, "timestamp") SELECT * FROM stored`);
}
