import { Prisma } from "../../../db/generated/prisma/client.ts";

/** Stands for no subscription in keys, which hold no null. */
export const noSubscription = "00000000-0000-0000-0000-000000000000";

const none = Prisma.sql`'00000000-0000-0000-0000-000000000000'::uuid`;

/** What of events `e` makes the rows of roll-ups, as SQL. */
export const eventColumns = {
  hour: Prisma.sql`date_trunc('hour', e."timestamp", 'UTC')`,
  subscription: Prisma.sql`coalesce(e.subscription_id, ${none})`,
  /** What the meter measured. */
  value: Prisma.sql`coalesce(e.value, e.quantity)`,
} as const;

/** So many milliseconds lie between two instants. */
export const millisecondsBetween = (from: Prisma.Sql, to: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`round(extract(epoch FROM ${to} - ${from}) * 1000)`;

/** By what values of a property are told apart, as SQL: texts may be too long for an index. */
export const digestOf = (text: Prisma.Sql): Prisma.Sql => Prisma.sql`sha256(convert_to(${text}, 'UTF8'))`;

/** What some events `e` come to, as the columns of `usage_hours` behind its key. */
export const totals = Prisma.sql`
  count(*), coalesce(sum(${eventColumns.value}), 0),
  coalesce(sum(${eventColumns.value} * ${millisecondsBetween(eventColumns.hour, Prisma.sql`e."timestamp"`)}), 0),
  min(${eventColumns.value}), max(${eventColumns.value}), min(e."timestamp"), max(e."timestamp"),
  (array_agg(e.id ORDER BY e."timestamp" DESC, e.id DESC))[1],
  (array_agg(${eventColumns.value} ORDER BY e."timestamp" DESC, e.id DESC))[1]`;

/** The columns of `usage_hours`. */
export const hourColumns = Prisma.raw(
  `environment_id, customer_id, meter_id, hour, subscription_id,
   "count", "sum", "moment", "min", "max", first_at, last_at, last_id, "last"`,
);

/** Adds hours to the days of values, by rows of `hours` that tell in how many more or fewer hours a value is. Days are locked in one order by all. */
export const addToDays = (hours: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO usage_day_values AS d (environment_id, customer_id, meter_id, day, digest, subscription_id, hours)
  SELECT v.environment_id, v.customer_id, v.meter_id, date_trunc('day', v.hour, 'UTC'), v.digest, v.subscription_id, sum(v.hours)
  FROM ${hours} v GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(v.hours) <> 0 ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (environment_id, customer_id, meter_id, day, digest, subscription_id) DO UPDATE SET hours = d.hours + excluded.hours`;

export const hourKey = Prisma.raw("environment_id, customer_id, meter_id, hour, subscription_id");
