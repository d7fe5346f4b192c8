import { Prisma } from "../../../db/generated/prisma/client.ts";
import { measured } from "../../usage/index.ts";

/** One question about one customer. */
export interface Asked {
  /** The customer's id, or one of its ids in another system. */
  readonly customer:
    | { readonly id: string }
    | { readonly external: { readonly source: string; readonly id: string } };
  /** Of which benefit; of all that the customer has for null. */
  readonly key: string | null;
  /** Whose seat is looked for. */
  readonly person?:
    | { readonly userId?: string | null | undefined; readonly email?: string | null | undefined }
    | undefined;
}

/**
 * Everything that gives customers benefits, or denies them, with what is used of it, in one statement however many questions
 * there are. A question about an unknown customer has no row, one about a benefit that nothing gives has one without a source.
 */
export function sourcesStatement(environmentId: string, asked: readonly Asked[], now: Date): Prisma.Sql {
  const env = Prisma.sql`${environmentId}::uuid`;
  const whole = asked.every(({ key }) => key === null);
  // With a limit nobody is tempted to read all of a table for a few of its rows.
  const benefit = (which: Prisma.Sql) => Prisma.sql`LEFT JOIN LATERAL (
    SELECT t.* FROM benefits t WHERE t.environment_id = ${env} AND ${which} LIMIT 1) b ON true`;
  const joined = whole
    ? Prisma.sql`JOIN LATERAL (${sources(env, Prisma.empty)}) s ON true ${benefit(Prisma.sql`t.id = s.benefit_id`)}`
    : Prisma.sql`${benefit(Prisma.sql`t.key = asked.key`)}
      LEFT JOIN LATERAL (${sources(env, Prisma.sql`= b.id`)}) s ON true`;
  // PostgreSQL would write the clock's subquery out wherever its time is used, a hundred times and more, and set up each for every
  // question. So the questions are materialized, and spans end with OFFSET 0, which keeps them whole. So does whom a question names: row level
  // security lets no index look for what a subquery finds.
  return Prisma.sql`
    WITH asked AS MATERIALIZED (
      SELECT a.position, a.key, a.user_id, a.email, c.id AS customer_id, c.status, c.timezone,
             coalesce((SELECT k.now FROM test_clocks k WHERE k.environment_id = ${env} AND k.id = c.test_clock_id),
                      ${now}::timestamptz) AS now
      FROM ${questions(asked)}
      CROSS JOIN LATERAL (${asked.some(isExternal) ? named(env) : Prisma.sql`SELECT a.id`}) named
      CROSS JOIN LATERAL (SELECT t.* FROM customers t WHERE t.environment_id = ${env} AND t.id = named.id LIMIT 1) c
    )
    SELECT asked.position::int, asked.customer_id AS "customerId", asked.now, asked.status::text AS "customerStatus",
      b.id AS "benefitId", b.key, b.type::text, b.category, b.display_order AS "displayOrder", b.config AS "benefitConfig",
      s.kind, s.subscription_id AS "subscriptionId", s.item_id AS "subscriptionItemId", s.grant_id AS "grantId", s.status,
      s.dunning_since AS "dunningSince", s.dunning_retries AS "dunningRetries", s.timezone,
      (SELECT st.dunning_retry_days FROM billing_settings st WHERE st.environment_id = ${env}) AS "retryDays",
      s.granted_at AS "grantedAt", s.expires_at AS "expiresAt", s.config, given."limit",
      coalesce(s.overage_allowed, b.overage_allowed) AS "overageAllowed",
      span.start AS "windowStart", span."end" AS "windowEnd", CASE WHEN s.live THEN b.meter_id END AS "meterId",
      span.until AS "countedUntil", CASE WHEN s.live THEN ${used(environmentId)} END AS used,
      ${asked.some(({ person }) => person) ? seatsBefore(env) : Prisma.sql`NULL::int`} AS "seatsBefore"
    FROM asked ${joined}
    CROSS JOIN LATERAL (SELECT CASE WHEN s.unlimited THEN NULL
      WHEN b.type = 'SEATS' THEN floor(s.quantity * coalesce(s."limit", b."limit"))
      ELSE coalesce(s."limit", b."limit") END AS "limit") given
    CROSS JOIN LATERAL (${span}) span`;
}

const isExternal = ({ customer }: Asked): boolean => "external" in customer;

/** The id of the customer that a question names. */
function named(env: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT coalesce(a.id, (
      SELECT x.customer_id FROM customer_external_ids x
      WHERE x.environment_id = ${env} AND x.source = a.source AND x.external_id = a.external_id AND x.released_at IS NULL
      ORDER BY x.replaced_at DESC NULLS FIRST LIMIT 1)) AS id
    OFFSET 0`;
}

function questions(asked: readonly Asked[]): Prisma.Sql {
  const external = asked.map(({ customer }) => ("external" in customer ? customer.external : null));
  const columns = [
    Prisma.sql`${asked.map(({ customer }) => ("id" in customer ? customer.id : null))}::uuid[]`,
    Prisma.sql`${external.map((one) => one?.source ?? null)}::text[]`,
    Prisma.sql`${external.map((one) => one?.id ?? null)}::text[]`,
    Prisma.sql`${asked.map(({ key }) => key)}::text[]`,
    Prisma.sql`${asked.map(({ person }) => person?.userId ?? null)}::text[]`,
    Prisma.sql`${asked.map(({ person }) => person?.email?.toLowerCase() ?? null)}::text[]`,
  ];
  return Prisma.sql`unnest(${Prisma.join(columns)})
    WITH ORDINALITY AS a(id, source, external_id, key, user_id, email, position)`;
}

/** What gives the customer of a question benefits, or the one that `benefit` compares with. */
function sources(env: Prisma.Sql, benefit: Prisma.Sql): Prisma.Sql {
  const only = (column: Prisma.Sql) =>
    benefit === Prisma.empty ? Prisma.empty : Prisma.sql`AND ${column} ${benefit}`;
  return Prisma.sql`
    SELECT 'SUBSCRIPTION' AS kind, l.benefit_id, u.id AS subscription_id, i.id AS item_id, NULL::uuid AS grant_id,
      u.status::text AS status, u.dunning_since, u.dunning_retries, u.timezone,
      greatest(u.started_at, i.created_at) AS granted_at, u.ended_at AS expires_at,
      l."limit", l.unlimited, l.reset_period::text AS reset_period, l.overage_allowed, l.config, i.quantity,
      u.started_at AS since, u.current_period_start AS period_start, u.current_period_end AS period_end,
      u.status IN ('TRIALING', 'ACTIVE', 'PAST_DUE') AS live
    FROM subscriptions u
    JOIN subscription_items i ON i.environment_id = ${env} AND i.subscription_id = u.id AND i.removed_at IS NULL
    JOIN prices p ON p.environment_id = ${env} AND p.id = i.price_id
    JOIN product_benefits l ON l.environment_id = ${env} AND l.product_id = p.product_id ${only(Prisma.sql`l.benefit_id`)}
    WHERE u.environment_id = ${env} AND u.customer_id = asked.customer_id
    UNION ALL
    SELECT 'GRANT', g.benefit_id, NULL, NULL, g.id, g.effect::text, NULL, NULL, asked.timezone, g.granted_at, g.expires_at,
      g."limit", g.unlimited, NULL, NULL, g.config, 1, g.granted_at, NULL, NULL,
      g.effect = 'ALLOW' AND coalesce(g.expires_at > asked.now, true)
    FROM entitlement_grants g
    WHERE g.environment_id = ${env} AND g.customer_id = asked.customer_id AND g.revoked_at IS NULL ${only(Prisma.sql`g.benefit_id`)}`;
}

/**
 * The span over which usage is counted: a unit of the calendar in the source's zone, the period of the subscription, or all of it. Of one without
 * an end, what is there `until` soon after now counts.
 */
const span = Prisma.sql`
  SELECT w.start, w."end", coalesce(w."end", date_trunc('hour', asked.now, 'UTC') + interval '2 hours') AS until
  FROM (SELECT CASE r.reset WHEN 'NEVER' THEN s.since WHEN 'BILLING_PERIOD' THEN coalesce(s.period_start, r.start) ELSE r.start END AS start,
         CASE r.reset WHEN 'NEVER' THEN NULL WHEN 'BILLING_PERIOD' THEN coalesce(s.period_end, r."end") ELSE r."end" END AS "end"
  FROM (
    SELECT q.reset, date_trunc(q.unit, q.local) AT TIME ZONE s.timezone AS start,
           (date_trunc(q.unit, q.local) + ('1 ' || q.unit)::interval) AT TIME ZONE s.timezone AS "end"
    FROM (
      SELECT coalesce(s.reset_period, b.reset_period::text) AS reset, asked.now AT TIME ZONE s.timezone AS local,
        CASE coalesce(s.reset_period, b.reset_period::text) WHEN 'DAY' THEN 'day' WHEN 'WEEK' THEN 'week'
          WHEN 'YEAR' THEN 'year' ELSE 'month' END AS unit
    ) q
  ) r) w OFFSET 0`;

/**
 * What is used of a benefit: what its meter measured in the span, how many seats of the pool are taken, or how much is kept. Null for a
 * meter that does not just count or add up: PostgreSQL would set up what such meters need for each question, and few have one.
 */
function used(environmentId: string): Prisma.Sql {
  const env = Prisma.sql`${environmentId}::uuid`;
  const figure = measured({
    aggregations: ["COUNT", "SUM"],
    environmentId,
    scope: "CUSTOMER",
    rolledUp: true,
    raw: true,
    conditional: false,
    grouped: false,
  });
  return Prisma.sql`CASE b.type
    WHEN 'METERED' THEN (
      SELECT (SELECT m.figure FROM ${figure} m)
      FROM meters t
      CROSS JOIN LATERAL (
        SELECT asked.customer_id AS "customerId", span.start AS "from", span.until AS "to", p.lo,
          greatest(p.lo, date_trunc('hour', span.until, 'UTC')) AS hi, NULL::uuid[] AS "subscriptionIds"
        FROM (SELECT least(span.until, date_trunc('hour', span.start + interval '1 hour' - interval '1 millisecond', 'UTC')) AS lo) p
        OFFSET 0
      ) r
      WHERE t.environment_id = ${env} AND t.id = b.meter_id AND t.aggregation IN ('COUNT', 'SUM'))
    WHEN 'SEATS' THEN (
      SELECT count(*) FROM seats t WHERE t.environment_id = ${env} AND t.subscription_item_id = s.item_id
        AND t.benefit_id = b.id AND t.unassigned_at IS NULL)
    WHEN 'QUOTA' THEN (
      SELECT q.current FROM quota_balances q
      WHERE q.environment_id = ${env} AND q.customer_id = asked.customer_id AND q.benefit_id = b.id)
  END`;
}

/** How many seats of the pool were taken before that of the person who is asked for. */
function seatsBefore(env: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`CASE WHEN s.live AND b.type = 'SEATS' AND (asked.user_id IS NOT NULL OR asked.email IS NOT NULL) THEN (
    SELECT (SELECT count(*) FROM seats t WHERE t.environment_id = ${env} AND t.subscription_item_id = s.item_id
        AND t.benefit_id = b.id AND t.unassigned_at IS NULL AND (t.assigned_at, t.id) < (own.assigned_at, own.id))
    FROM seats own
    WHERE own.environment_id = ${env} AND own.subscription_item_id = s.item_id AND own.benefit_id = b.id
      AND own.unassigned_at IS NULL AND (own.user_id = asked.user_id OR own.email = asked.email)
    ORDER BY own.assigned_at, own.id LIMIT 1)::int END`;
}
