import { idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { SubscriptionStatus } from "../../db/generated/prisma/enums.ts";
import { byInstant, byNumber } from "../../db/orders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface SubscriptionFilter {
  readonly status?: readonly SubscriptionStatus[] | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly priceId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const subscriptions: List<"Subscription", SubscriptionFilter> = {
  model: "Subscription",
  orders: { CREATED_AT: byInstant("Subscription", "createdAt") },
  where: (filter) => [
    ...isOneOf(columnOf("Subscription", "status"), filter.status),
    ...idEquals(columnOf("Subscription", "customerId"), filter.customerId),
    ...idEquals(Prisma.sql`item.price_id`, filter.priceId).map(hasItem),
    ...isWithin(columnOf("Subscription", "createdAt"), filter.created),
  ],
};

function hasItem(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM subscription_items item
    WHERE item.environment_id = t.environment_id AND item.subscription_id = t.id AND ${condition})`;
}

export interface SubscriptionItemFilter {
  readonly priceId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const subscriptionItems: List<"SubscriptionItem", SubscriptionItemFilter> = {
  model: "SubscriptionItem",
  orders: {
    POSITION: byNumber("SubscriptionItem", "position"),
    CREATED_AT: byInstant("SubscriptionItem", "createdAt"),
  },
  where: (filter) => [
    ...idEquals(columnOf("SubscriptionItem", "priceId"), filter.priceId),
    ...isWithin(columnOf("SubscriptionItem", "createdAt"), filter.created),
  ],
};
