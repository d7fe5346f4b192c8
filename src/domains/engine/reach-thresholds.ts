import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { toJson } from "../../db/json.ts";
import { newId } from "../../kit/ids.ts";
import { type UsageBalance, balancesOf, readUpcomingUsage } from "../subscriptions/index.ts";
import type { Claim } from "./due.ts";
import { type UsageMark, subscriptionsOf } from "./usage-marks.ts";

/** That an item's usage has reached a threshold of its meter in a period. */
interface Reached {
  readonly id: string;
  readonly threshold: number;
  readonly balance: UsageBalance;
}

/**
 * Tells, once for each threshold of a meter, item and period, that as many per cent of the included units are used. A unique index
 * decides who tells it. Statements: as many for many marks as for one.
 */
export async function reachThresholds(
  transaction: Transaction,
  marks: readonly UsageMark[],
  { now }: Claim,
): Promise<void> {
  const { environmentId, query } = transaction;
  const thresholds = await query<{ id: string; alerts: number[] }>(Prisma.sql`
    SELECT t.id, t.alert_thresholds AS alerts FROM meters t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id = ANY(${[...new Set(marks.map(({ meterId }) => meterId))]}::uuid[])
      AND cardinality(t.alert_thresholds) > 0`);
  const alerts = new Map(thresholds.map((meter) => [meter.id, meter.alerts]));
  const watched = marks.filter(({ meterId }) => alerts.has(meterId));
  if (!watched.length) return;
  const usage = await readUpcomingUsage(transaction, await subscriptionsOf(transaction, watched), now);
  const reached = usage
    .flatMap((one) => (one ? balancesOf(one) : []))
    .flatMap((balance) => reachedBy(balance, alerts.get(balance.charge.meterId) ?? []));
  const told = await noteReached(transaction, reached);
  transaction.emit(...reached.filter(({ id }) => told.has(id)).map(eventOf));
}

function reachedBy(balance: UsageBalance, thresholds: readonly number[]): Reached[] {
  const { current, included } = balance;
  if (included.isZero()) return [];
  return thresholds
    .filter((threshold) => current.times(100).gte(included.times(threshold)))
    .map((threshold) => ({ id: newId(), threshold, balance }));
}

/** Notes what was reached, and gives what nobody had noted before. One statement, or none. */
async function noteReached(
  { environmentId, now, query }: Transaction,
  reached: readonly Reached[],
): Promise<ReadonlySet<string>> {
  if (!reached.length) return new Set();
  const records = reached
    .map(({ id, threshold, balance: { charge, periodStart } }) => ({
      id,
      threshold,
      itemId: charge.subscriptionItemId,
      periodStart,
    }))
    .toSorted((one, other) => (one.itemId < other.itemId ? -1 : 1));
  const rows = await query<Pick<Row<"UsageThreshold">, "id">>(Prisma.sql`
    INSERT INTO usage_thresholds (environment_id, id, subscription_item_id, period_start, threshold, reached_at)
    SELECT ${environmentId}::uuid, r.id, r."itemId", r."periodStart", r.threshold, ${now}
    FROM jsonb_to_recordset(${toJson(records)}::jsonb) AS r(id uuid, threshold int, "itemId" uuid, "periodStart" timestamptz)
    ON CONFLICT (environment_id, subscription_item_id, period_start, threshold) DO NOTHING
    RETURNING id`);
  return new Set(rows.map(({ id }) => id));
}

function eventOf({ id, threshold, balance }: Reached) {
  const { charge, current, included, period, periodStart } = balance;
  const { customerId, subscriptionId, subscriptionItemId, meterId, priceId } = charge;
  return {
    type: "usage.threshold.reached",
    objectType: "usage",
    objectId: id,
    data: {
      threshold,
      quantity: current.toFixed(),
      included: included.toFixed(),
      period: { start: periodStart, end: period.end },
      customerId,
      subscriptionId,
      subscriptionItemId,
      meterId,
      priceId,
    },
  };
}
