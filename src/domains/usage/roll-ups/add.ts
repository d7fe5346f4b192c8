import { Prisma } from "../../../db/generated/prisma/client.ts";
import { addToDays, digestOf, eventColumns, hourColumns, hourKey, totals } from "./columns.ts";

/**
 * The parts of a statement, to stand behind `WITH stored AS (…)`, that add events to the roll-ups of their hours. `stored`
 * gives whole rows of events. Hours are locked in one order by all who write, before anything that belongs to them.
 */
export function addToHours(unique: boolean): Prisma.Sql {
  const values = Prisma.sql`, unique_values AS (
    INSERT INTO usage_hour_values (environment_id, customer_id, meter_id, hour, digest, subscription_id)
    SELECT DISTINCT h.environment_id, h.customer_id, h.meter_id, h.hour, ${digestOf(Prisma.sql`e.properties ->> m.unique_key`)}, h.subscription_id
    FROM stored e
    JOIN meters m ON m.environment_id = e.environment_id AND m.id = e.meter_id AND e.properties ->> m.unique_key IS NOT NULL
    JOIN hours h ON h.customer_id = e.customer_id AND h.meter_id = e.meter_id AND h.hour = ${eventColumns.hour}
      AND h.subscription_id = ${eventColumns.subscription}
    ON CONFLICT DO NOTHING
    RETURNING *
  ), unique_days AS (${addToDays(Prisma.sql`(SELECT *, 1 AS hours FROM unique_values)`)})`;
  return Prisma.sql`hours AS (
    INSERT INTO usage_hours AS h (${hourColumns})
    SELECT e.environment_id, e.customer_id, e.meter_id, ${eventColumns.hour}, ${eventColumns.subscription}, ${totals}
    FROM stored e GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (${hourKey}) DO UPDATE SET
      "count" = h."count" + excluded."count", "sum" = h."sum" + excluded."sum", "moment" = h."moment" + excluded."moment",
      "min" = least(h."min", excluded."min"), "max" = greatest(h."max", excluded."max"),
      first_at = least(h.first_at, excluded.first_at), last_at = greatest(h.last_at, excluded.last_at),
      last_id = CASE WHEN ${isLater} THEN excluded.last_id ELSE h.last_id END,
      "last" = CASE WHEN ${isLater} THEN excluded."last" ELSE h."last" END
    RETURNING h.environment_id, h.customer_id, h.meter_id, h.hour, h.subscription_id)${unique ? values : Prisma.empty}`;
}

const isLater = Prisma.sql`(h.last_at IS NULL OR (excluded.last_at, excluded.last_id) > (h.last_at, h.last_id))`;
