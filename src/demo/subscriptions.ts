import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { type Facts, type Range, johnDoe, placeTable } from "./scenario.ts";

/**
 * Inserts the subscriptions of a range of customers. Periods are counted from the start in calendar months. Those with
 * meters are monthly and still run; the others are in every status there is.
 */
export async function insertSubscriptions(executor: Executor, facts: Facts, range: Range): Promise<void> {
  const { environmentId, id, roll, asOf } = facts;
  // Each step is materialized, since else its expressions are repeated in the next ones, and again in those after.
  await executor.query(Prisma.sql`
    WITH ${placeTable},
    ${wantedSubscriptions(facts, range)},
    begun AS MATERIALIZED (
      SELECT *, (${monthNumber(asOf)} - ${monthNumber(Prisma.sql`started`)}) AS begun_months FROM wanted
    ),
    counted AS MATERIALIZED (
      SELECT *, (begun_months - CASE WHEN started + make_interval(months => begun_months) > ${asOf} THEN 1 ELSE 0 END) / months AS elapsed
      FROM begun
    ),
    stated AS MATERIALIZED (
      SELECT *, CASE WHEN wanted_status = 'EXPIRED' AND elapsed = 0 THEN 'CANCELED' ELSE wanted_status END AS status,
             CASE wanted_status WHEN 'EXPIRED' THEN greatest(elapsed - 1 - ${roll("gone", "s", 3)}, 0)
                                WHEN 'CANCELED' THEN greatest(elapsed - ${roll("gone", "s", 4)}, 0)
                                ELSE elapsed END AS period
      FROM counted
    ),
    timed AS MATERIALIZED (
      SELECT *, started + make_interval(months => period * months) AS period_start,
             started + make_interval(months => (period + 1) * months) AS period_end
      FROM stated
    ),
    canceled AS MATERIALIZED (
      SELECT *, CASE status WHEN 'CANCELED' THEN period_start + (least(period_end, ${asOf}) - period_start) * 0.4 END AS canceled
      FROM timed
    ),
    ended AS MATERIALIZED (
      SELECT *, CASE WHEN status = 'EXPIRED' OR (status = 'CANCELED' AND period_end <= ${asOf} AND ${roll("at end", "s", 2)} = 0)
                     THEN period_end ELSE canceled END AS ended
      FROM canceled
    )
    INSERT INTO subscriptions (
      environment_id, id, customer_id, status, currency, collection_method, "interval", interval_count, billing_anchor_day,
      billing_anchor, started_at, current_period_start, current_period_end, trial_end, cancel_at_period_end, canceled_at, ended_at,
      metadata, created_at, updated_at)
    SELECT
      ${environmentId}, ${id("subscription", "s")}, ${id("customer", "n")}, status::subscription_status, currency,
      (CASE WHEN status IN ('PAST_DUE', 'UNPAID') OR ${roll("collection", "s", 4)} > 0 THEN 'CHARGE_AUTOMATICALLY'
            ELSE 'SEND_INVOICE' END)::collection_method,
      (CASE months WHEN 12 THEN 'YEAR' ELSE 'MONTH' END)::billing_interval, CASE months WHEN 12 THEN 1 ELSE months END,
      extract(day FROM started), started, started, period_start, period_end,
      CASE status WHEN 'TRIALING' THEN started + interval '14 days' END,
      status = 'ACTIVE' AND ${roll("leaving", "s", 12)} = 0, canceled, ended,
      jsonb_build_object('sales_channel', CASE ${roll("channel", "s", 3)} WHEN 0 THEN 'sales' ELSE 'self_serve' END),
      started, coalesce(ended, period_start)
    FROM ended`);
}

/** The common table expression `wanted`: the subscriptions, what status they should have, their months and their start. */
function wantedSubscriptions(facts: Facts, { first, last }: Range): Prisma.Sql {
  const { roll, asOf } = facts;
  const ago = (what: string, days: number) =>
    Prisma.sql`${asOf} - make_interval(days => 1 + ${roll(what, "s", days)}, hours => ${roll("hour", "s", 24)})`;
  return Prisma.sql`
    wanted AS MATERIALIZED (
      SELECT n, s, currency, wanted_status, date_trunc('milliseconds', CASE
               WHEN wanted_status = 'TRIALING' THEN ${ago("trial", 12)}
               WHEN wanted_status = 'PENDING' THEN ${ago("pending", 4)}
               WHEN s % 2 = 1 THEN ${facts.joined} + make_interval(hours => ${roll("hour", "s", 20)})
               ELSE ${facts.joined} + (${asOf} - ${facts.joined}) * (${roll("later", "s", 800)} / 1000.0) END) AS started,
             CASE WHEN metered THEN 1 ELSE ('{1,1,1,3,12}'::int[])[1 + ${roll("term", "s", 5)}] END AS months
      FROM generate_series(${first}::bigint, ${last}::bigint) AS n
      JOIN place ON place.number = ${facts.place}
      JOIN LATERAL (VALUES (2 * n - 1, ${facts.hasFirst}, ${facts.metered}), (2 * n, ${facts.hasSecond}, false))
        AS held(s, exists, metered) ON held.exists
      CROSS JOIN LATERAL (SELECT CASE
        WHEN metered AND (n = ${johnDoe} OR ${roll("status", "s", 100)} < 92) THEN 'ACTIVE'
        WHEN metered THEN 'PAST_DUE'
        WHEN ${facts.archived} THEN ('{CANCELED,EXPIRED}'::text[])[1 + ${roll("status", "s", 2)}]
        ELSE ('{ACTIVE,TRIALING,PENDING,PAST_DUE,PAUSED,UNPAID,CANCELED,EXPIRED}'::text[])[1 + width_bucket(
               ${roll("status", "s", 100)}, '{46,56,62,69,76,81,93}'::int[])] END AS wanted_status) AS fate
    )`;
}

function monthNumber(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(extract(year FROM ${time}) * 12 + extract(month FROM ${time}))::int`;
}
