import type { Row } from "../../../db/datamodel.ts";
import type { Executor } from "../../../db/executor.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import type { Transaction } from "../../../db/transaction.ts";
import {
  addToDays,
  digestOf,
  eventColumns,
  hourColumns,
  hourKey,
  noSubscription,
  totals,
} from "./columns.ts";

type Event = Pick<Row<"UsageEvent">, "customerId" | "meterId" | "subscriptionId" | "timestamp">;

/** The hours of a customer's, a meter's and a subscription's events that these events lie in, as JSON. */
function hoursOf(events: readonly Event[]): string {
  const hours = events.map(({ customerId, meterId, subscriptionId, timestamp }) => ({
    customer_id: customerId,
    meter_id: meterId,
    subscription_id: subscriptionId ?? noSubscription,
    hour: new Date(Math.floor(timestamp.getTime() / 3_600_000) * 3_600_000),
  }));
  return toJson([...new Map(hours.map((hour) => [toJson(hour), hour])).values()]);
}

const spots = (hours: string): Prisma.Sql => Prisma.sql`jsonb_to_recordset(${hours}::jsonb)
  AS s(customer_id uuid, meter_id uuid, subscription_id uuid, hour timestamptz)`;

/**
 * Locks the roll-ups that these events count in, in the order that all lock them in, and makes those that are missing.
 * Then nobody adds to them until the transaction ends, and whoever did before has committed. One statement.
 */
export async function lockHours(
  { environmentId, query }: Transaction,
  events: readonly Event[],
): Promise<void> {
  if (!events.length) return;
  await query(Prisma.sql`
    INSERT INTO usage_hours AS h (environment_id, customer_id, meter_id, hour, subscription_id, "count", "sum", "moment")
    SELECT ${environmentId}::uuid, s.customer_id, s.meter_id, s.hour, s.subscription_id, 0, 0, 0 FROM ${spots(hoursOf(events))}
    ORDER BY 2, 3, 4, 5
    ON CONFLICT (${hourKey}) DO UPDATE SET "count" = h."count"`);
}

/** Counts the hours of these events again, from the events themselves. They must be locked. One statement. */
export async function recountHours(
  { environmentId, query }: Transaction,
  events: readonly Event[],
): Promise<void> {
  if (!events.length) return;
  const counted = Prisma.sql`e.environment_id = ${environmentId}::uuid AND e.customer_id = s.customer_id
    AND e.meter_id = s.meter_id AND e."timestamp" >= s.hour AND e."timestamp" < s.hour + interval '1 hour'
    AND ${eventColumns.subscription} = s.subscription_id AND e.voided_at IS NULL`;
  const digest = digestOf(Prisma.sql`e.properties ->> m.unique_key`);
  await query(Prisma.sql`
    WITH spots AS MATERIALIZED (SELECT * FROM ${spots(hoursOf(events))}), present AS MATERIALIZED (
      SELECT DISTINCT s.*, ${digest} AS digest
      FROM spots s JOIN meters m ON m.environment_id = ${environmentId}::uuid AND m.id = s.meter_id AND m.unique_key IS NOT NULL
      JOIN usage_events e ON ${counted} AND e.properties ->> m.unique_key IS NOT NULL
    ), gone AS (
      DELETE FROM usage_hour_values v USING spots s
      WHERE v.environment_id = ${environmentId}::uuid AND v.customer_id = s.customer_id AND v.meter_id = s.meter_id
        AND v.hour = s.hour AND v.subscription_id = s.subscription_id AND NOT EXISTS (
          SELECT FROM present p
          WHERE (p.customer_id, p.meter_id, p.hour, p.subscription_id, p.digest)
              = (v.customer_id, v.meter_id, v.hour, v.subscription_id, v.digest))
      RETURNING v.*
    ), come AS (
      INSERT INTO usage_hour_values (environment_id, customer_id, meter_id, hour, digest, subscription_id)
      SELECT ${environmentId}::uuid, customer_id, meter_id, hour, digest, subscription_id FROM present
      ON CONFLICT DO NOTHING
      RETURNING *
    ), days AS (
      ${addToDays(Prisma.sql`(SELECT *, -1 AS hours FROM gone UNION ALL SELECT *, 1 FROM come)`)}
    )
    UPDATE usage_hours h SET ("count", "sum", "moment", "min", "max", first_at, last_at, last_id, "last") =
      (SELECT ${totals} FROM usage_events e WHERE ${counted})
    FROM spots s
    WHERE h.environment_id = ${environmentId}::uuid AND h.customer_id = s.customer_id AND h.meter_id = s.meter_id
      AND h.hour = s.hour AND h.subscription_id = s.subscription_id`);
}

/** Makes the roll-ups of an environment anew, where events were stored by other means than `ingestUsageEvents`. */
export async function rollUp(executor: Executor, environmentId: string): Promise<void> {
  const environment = Prisma.sql`${environmentId}::uuid`;
  for (const table of [
    Prisma.sql`usage_day_values`,
    Prisma.sql`usage_hour_values`,
    Prisma.sql`usage_hours`,
  ]) {
    // eslint-disable-next-line no-await-in-loop
    await executor.query(Prisma.sql`DELETE FROM ${table} WHERE environment_id = ${environment}`);
  }
  await executor.query(Prisma.sql`
    INSERT INTO usage_hours (${hourColumns})
    SELECT e.environment_id, e.customer_id, e.meter_id, ${eventColumns.hour}, ${eventColumns.subscription}, ${totals}
    FROM usage_events e WHERE e.environment_id = ${environment} AND e.voided_at IS NULL
    GROUP BY 1, 2, 3, 4, 5`);
  await executor.query(Prisma.sql`
    INSERT INTO usage_hour_values (environment_id, customer_id, meter_id, hour, digest, subscription_id)
    SELECT DISTINCT e.environment_id, e.customer_id, e.meter_id, ${eventColumns.hour}, ${digestOf(Prisma.sql`e.properties ->> m.unique_key`)}, ${eventColumns.subscription}
    FROM usage_events e JOIN meters m ON m.environment_id = e.environment_id AND m.id = e.meter_id
    WHERE e.environment_id = ${environment} AND e.voided_at IS NULL AND e.properties ->> m.unique_key IS NOT NULL`);
  await executor.query(
    addToDays(
      Prisma.sql`(SELECT *, 1 AS hours FROM usage_hour_values WHERE environment_id = ${environment})`,
    ),
  );
}
