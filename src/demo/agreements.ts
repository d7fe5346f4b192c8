import type { Executor } from "../db/executor.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import { demoId } from "./dice.ts";
import { type Facts, type Range, type Scenario, johnDoe, placeTable } from "./scenario.ts";

/** How many months before the end the first subscription begins. */
const months = 5;

/**
 * Inserts the subscriptions of a range of customers as they are before anything has happened: all of them wait for their
 * start, and what they will come to is in their terms. They begin on the first or the fifteenth of a month, so that time can
 * go from one of these days to the next. Some customers do not pay, which the sandbox gateway reads in their metadata.
 */
export async function insertAgreements(executor: Executor, facts: Facts, range: Range): Promise<void> {
  const { environmentId, id, roll, asOf } = facts;
  await executor.query(Prisma.sql`
    WITH ${placeTable},
    wanted AS MATERIALIZED (
      SELECT n, s, currency, CASE WHEN metered THEN 1 ELSE ('{1,1,1,3,12}'::int[])[1 + ${roll("term", "s", 5)}] END AS months,
             ${nextDay(Prisma.sql`greatest(${facts.joined}, ${asOf} - make_interval(months => ${months}))`)} AS usual,
             CASE WHEN metered OR n = ${johnDoe} THEN 'ACTIVE' WHEN ${facts.archived} THEN 'CANCELED'
                  ELSE ('{ACTIVE,TRIALING,PENDING,PAST_DUE,PAUSED,UNPAID,CANCELED,EXPIRED}'::text[])[1 + width_bucket(
                    ${roll("status", "s", 100)}, '{46,56,62,69,76,81,93}'::int[])] END AS fate
      FROM generate_series(${range.first}::bigint, ${range.last}::bigint) AS n
      JOIN place ON place.number = ${facts.place}
      JOIN LATERAL (VALUES (2 * n - 1, ${facts.hasFirst}, ${facts.metered}), (2 * n, ${facts.hasSecond}, false))
        AS held(s, exists, metered) ON held.exists
    ),
    timed AS MATERIALIZED (
      SELECT *, CASE fate WHEN 'TRIALING' THEN ${asOf} - interval '10 days' WHEN 'PENDING' THEN ${asOf} + interval '5 days'
                          WHEN 'PAST_DUE' THEN ${asOf} - interval '16 days' WHEN 'UNPAID' THEN ${asOf} - interval '27 days'
                          ELSE usual END AS started
      FROM wanted
    ),
    trialed AS MATERIALIZED (
      SELECT *, CASE WHEN fate IN ('TRIALING', 'PAST_DUE', 'UNPAID') THEN started + interval '14 days' END AS trial_end FROM timed
    ),
    agreed AS (
      INSERT INTO subscriptions (
        environment_id, id, customer_id, status, currency, collection_method, "interval", interval_count, billing_anchor_day,
        billing_anchor, started_at, current_period_start, current_period_end, trial_start, trial_end, pause_at_period_end,
        pause_behavior, cancel_at, canceled_at, cancellation_reason, billing_end_strategy, billing_max_cycles,
        cancel_at_period_end, next_step_at, metadata, created_at, updated_at)
      SELECT
        ${environmentId}, ${id("subscription", "s")}, ${id("customer", "n")}, 'PENDING', currency,
        (CASE WHEN trial_end IS NULL AND started > ${asOf} - interval '75 days' AND ${roll("collection", "s", 3)} = 0
              THEN 'SEND_INVOICE' ELSE 'CHARGE_AUTOMATICALLY' END)::collection_method,
        (CASE months WHEN 12 THEN 'YEAR' ELSE 'MONTH' END)::billing_interval, CASE months WHEN 12 THEN 1 ELSE months END,
        extract(day FROM coalesce(trial_end, started)), coalesce(trial_end, started), started, started,
        coalesce(trial_end, started + make_interval(months => months)), CASE WHEN trial_end IS NOT NULL THEN started END, trial_end,
        fate = 'PAUSED', (CASE WHEN fate = 'PAUSED' THEN ('{KEEP_AS_DRAFT,MARK_UNCOLLECTIBLE,VOID}'::text[])[1 + s % 3] END)::pause_behavior,
        CASE fate WHEN 'CANCELED' THEN started + (${asOf} - started) * 0.7 END, CASE fate WHEN 'CANCELED' THEN started END,
        CASE fate WHEN 'CANCELED' THEN 'A trial season.' END,
        (CASE fate WHEN 'EXPIRED' THEN 'AFTER_CYCLES' ELSE 'INDEFINITE' END)::billing_end_strategy,
        CASE fate WHEN 'EXPIRED' THEN 1 END,
        fate = 'ACTIVE' AND months = 12 AND ${roll("leaving", "s", 3)} = 0, started,
        jsonb_build_object('sales_channel', CASE ${roll("channel", "s", 3)} WHEN 0 THEN 'sales' ELSE 'self_serve' END),
        least(started, ${asOf}), least(started, ${asOf})
      FROM trialed
    )
    UPDATE customers SET metadata = metadata || jsonb_build_object('sandbox_payment', 'decline')
    FROM trialed WHERE environment_id = ${environmentId} AND customers.id = ${id("customer", "n")} AND fate IN ('PAST_DUE', 'UNPAID')`);
}

/** The first or the fifteenth of a month, whichever comes first from an instant on. */
function nextDay(time: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT CASE WHEN t <= month + interval '14 days' THEN month + interval '14 days' ELSE month + interval '1 month' END
    FROM (SELECT t, date_trunc('month', t) AS month FROM (SELECT ${time} AS t) AS given) AS of_month)`;
}

/** The test clock that all customers of the demo live by: it stands before all of them, and is to go to the end. */
export async function insertClock(executor: Executor, { asOf }: Facts, scenario: Scenario): Promise<void> {
  const { environmentId } = scenario;
  const clockId = demoClockId(scenario);
  await executor.query(Prisma.sql`
    INSERT INTO test_clocks (environment_id, id, name, status, now, advancing_to)
    VALUES (${environmentId}::uuid, ${clockId}::uuid, 'Demo', 'ADVANCING', ${asOf} - make_interval(months => ${months + 1}), ${asOf})`);
  await executor.query(Prisma.sql`
    UPDATE customers SET test_clock_id = ${clockId}::uuid WHERE environment_id = ${environmentId}::uuid`);
}

/** The id of the test clock of the demo with this seed. */
export function demoClockId({ seed }: Pick<Scenario, "seed">): string {
  return demoId(seed, "test clock", 1);
}
