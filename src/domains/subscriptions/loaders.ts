import { idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { type Row, columnOf, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { ScheduleStatus, SubscriptionStatus } from "../../db/generated/prisma/enums.ts";
import { byInstant, byNumber } from "../../db/orders.ts";
import type { Context } from "../../graph/context.ts";
import { loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface SubscriptionFilter {
  readonly status?: readonly SubscriptionStatus[] | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly priceId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const subscriptions: List<"BillingSubscription", SubscriptionFilter> = {
  model: "BillingSubscription",
  orders: { CREATED_AT: byInstant("BillingSubscription", "createdAt") },
  where: (filter) => [
    ...isOneOf(columnOf("BillingSubscription", "status"), filter.status),
    ...idEquals(columnOf("BillingSubscription", "customerId"), filter.customerId),
    ...idEquals(Prisma.sql`item.price_id`, filter.priceId).map(hasItem),
    ...isWithin(columnOf("BillingSubscription", "createdAt"), filter.created),
  ],
};

function hasItem(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM subscription_items item
    WHERE item.environment_id = t.environment_id AND item.subscription_id = t.id AND item.removed_at IS NULL AND ${condition})`;
}

export interface SubscriptionItemFilter {
  readonly priceId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const subscriptionItems: List<"SubscriptionItem", SubscriptionItemFilter> = {
  model: "SubscriptionItem",
  // Lines of invoices lead to those that were removed.
  always: [Prisma.sql`t.removed_at IS NULL`],
  orders: {
    POSITION: byNumber("SubscriptionItem", "position"),
    CREATED_AT: byInstant("SubscriptionItem", "createdAt"),
  },
  where: (filter) => [
    ...idEquals(columnOf("SubscriptionItem", "priceId"), filter.priceId),
    ...isWithin(columnOf("SubscriptionItem", "createdAt"), filter.created),
  ],
};

export interface ScheduleFilter {
  readonly status?: readonly ScheduleStatus[] | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly subscriptionId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const schedules: List<"SubscriptionSchedule", ScheduleFilter> = {
  model: "SubscriptionSchedule",
  orders: { CREATED_AT: byInstant("SubscriptionSchedule", "createdAt") },
  where: (filter) => [
    ...isOneOf(columnOf("SubscriptionSchedule", "status"), filter.status),
    ...idEquals(columnOf("SubscriptionSchedule", "customerId"), filter.customerId),
    ...idEquals(columnOf("SubscriptionSchedule", "subscriptionId"), filter.subscriptionId),
    ...isWithin(columnOf("SubscriptionSchedule", "createdAt"), filter.created),
  ],
};

export interface PhaseFilter {
  readonly position?: number | null | undefined;
}

export const phases: List<"SubscriptionPhase", PhaseFilter> = {
  model: "SubscriptionPhase",
  orders: { POSITION: byNumber("SubscriptionPhase", "position") },
  where: ({ position }) =>
    position == null ? [] : [Prisma.sql`${columnOf("SubscriptionPhase", "position")} = ${position}`],
};

export interface PhaseItemFilter {
  readonly priceId?: string | null | undefined;
}

export const phaseItems: List<"SubscriptionPhaseItem", PhaseItemFilter> = {
  model: "SubscriptionPhaseItem",
  orders: { POSITION: byNumber("SubscriptionPhaseItem", "position") },
  where: ({ priceId }) => idEquals(columnOf("SubscriptionPhaseItem", "priceId"), priceId),
};

/** What the invoices of a subscription are taxed with; of all subscriptions of a level in one statement. */
export function loadTaxRates(
  subscriptionId: string,
  context: Context,
): Promise<Row<"SubscriptionTaxRate">[]> {
  return loader<Row<"SubscriptionTaxRate">[]>(context, "taxRatesOfSubscription", async (ids) => {
    const { name, select } = tableOf("SubscriptionTaxRate");
    const rows = await context.reads.query<Row<"SubscriptionTaxRate">>(Prisma.sql`
      SELECT ${select} FROM ${name} t
      WHERE t.environment_id = ${context.viewer.environmentId}::uuid AND t.subscription_id = ANY(${ids}::uuid[])
      ORDER BY t.subscription_id, t.tax_rate_id`);
    const bySubscription = Map.groupBy(rows, (row) => row.subscriptionId);
    return ids.map((id) => bySubscription.get(id) ?? []);
  }).load(subscriptionId);
}
