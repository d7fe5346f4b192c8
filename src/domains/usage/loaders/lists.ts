import { equals, idEquals, isOneOf, isWithin } from "../../../db/conditions.ts";
import { columnOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { MeterStatus } from "../../../db/generated/prisma/enums.ts";
import { byInstant, byText } from "../../../db/orders.ts";
import type { List } from "../../../graph/pages.ts";
import type { InstantRange } from "../../../graph/values.ts";

export interface MeterFilter {
  readonly status?: readonly MeterStatus[] | null | undefined;
  readonly eventName?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const meters: List<"Meter", MeterFilter> = {
  model: "Meter",
  orders: { CREATED_AT: byInstant("Meter", "createdAt"), NAME: byText("Meter", "name") },
  where: (filter) => [
    ...isOneOf(columnOf("Meter", "status"), filter.status),
    ...equals(columnOf("Meter", "eventName"), filter.eventName),
    ...isWithin(columnOf("Meter", "createdAt"), filter.created),
  ],
};

export interface UsageEventFilter {
  readonly customerId?: string | null | undefined;
  readonly meterId?: string | null | undefined;
  readonly subscriptionId?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly timestamp?: InstantRange | null | undefined;
  readonly includeVoided?: boolean | null | undefined;
}

export const usageEvents: List<"UsageEvent", UsageEventFilter> = {
  model: "UsageEvent",
  orders: { TIMESTAMP: byInstant("UsageEvent", "timestamp") },
  where: (filter) => [
    ...idEquals(columnOf("UsageEvent", "customerId"), filter.customerId),
    ...idEquals(columnOf("UsageEvent", "meterId"), filter.meterId),
    ...idEquals(columnOf("UsageEvent", "subscriptionId"), filter.subscriptionId),
    ...(filter.idempotencyKey == null ? [] : [hasKey(filter.idempotencyKey)]),
    ...isWithin(columnOf("UsageEvent", "timestamp"), filter.timestamp),
    ...(filter.includeVoided ? [] : [Prisma.sql`${columnOf("UsageEvent", "voidedAt")} IS NULL`]),
  ],
};

/** The keys of all events lead to the one, wherever it lies. */
const hasKey = (key: string): Prisma.Sql => Prisma.sql`(t.id, t.timestamp) IN (
  SELECT k.event_id, k.timestamp FROM usage_event_keys k
  WHERE k.environment_id = t.environment_id AND k.idempotency_key = ${key})`;
