import type { SubscriptionStatus } from "../../../db/generated/prisma/enums.ts";
import { addDays } from "../../../kit/civil-time.ts";

export type AccessLevel = "FULL" | "PARTIAL" | "NONE";

export type EntitlementStatus =
  | "ACTIVE"
  | "TRIALING"
  | "GRACE"
  | "PAST_DUE"
  | "RESTRICTED"
  | "SUSPENDED"
  | "CANCELED";

export type AccessReason =
  | "ENTITLED"
  | "OVERAGE"
  | "LIMIT_REACHED"
  | "NO_SEAT"
  | "NOT_GRANTED"
  | "UNKNOWN_BENEFIT"
  | "EXPIRED"
  | "REVOKED"
  | "PAYMENT_PENDING"
  | "PAYMENT_FAILED"
  | "PAUSED"
  | "SUBSCRIPTION_ENDED"
  | "CUSTOMER_ARCHIVED";

/** How far a customer is let in by what gives it a benefit, and why. */
export interface Access {
  readonly level: AccessLevel;
  readonly status: EntitlementStatus;
  readonly reason: AccessReason;
}

/** What of a subscription decides about access. */
export interface Standing {
  readonly status: SubscriptionStatus;
  readonly dunningSince: Date | null;
  readonly dunningRetries: number;
  readonly timezone: string;
  /** The days after the first failure on which is tried again, of the environment. */
  readonly retryDays: readonly number[];
}

/** What is given without a condition. */
export const given: Access = { level: "FULL", status: "ACTIVE", reason: "ENTITLED" };

const settled: Readonly<Record<Exclude<SubscriptionStatus, "PAST_DUE">, Access>> = {
  TRIALING: { level: "FULL", status: "TRIALING", reason: "ENTITLED" },
  ACTIVE: given,
  PENDING: { level: "NONE", status: "SUSPENDED", reason: "PAYMENT_PENDING" },
  UNPAID: { level: "NONE", status: "SUSPENDED", reason: "PAYMENT_FAILED" },
  PAUSED: { level: "NONE", status: "SUSPENDED", reason: "PAUSED" },
  CANCELED: { level: "NONE", status: "CANCELED", reason: "SUBSCRIPTION_ENDED" },
  EXPIRED: { level: "NONE", status: "CANCELED", reason: "SUBSCRIPTION_ENDED" },
};

/**
 * The access that a subscription gives at `now`. One that is past due gives all of it until the day of the second retry, and
 * a part of it from then on; once no retry is left it is RESTRICTED until the engine gives up and it is UNPAID.
 */
export function accessBy(standing: Standing, now: Date): Access {
  if (standing.status !== "PAST_DUE") return settled[standing.status];
  const { dunningSince, dunningRetries, timezone, retryDays } = standing;
  const [, warningDay] = retryDays.toSorted((one, other) => one - other);
  const warned =
    dunningSince !== null &&
    warningDay !== undefined &&
    addDays(dunningSince, warningDay, timezone).getTime() <= now.getTime();
  if (!warned) return { level: "FULL", status: "GRACE", reason: "ENTITLED" };
  const status = dunningRetries < retryDays.length ? "PAST_DUE" : "RESTRICTED";
  return { level: "PARTIAL", status, reason: "ENTITLED" };
}

/** The access that a grant by hand gives at `now`. */
export function accessByGrant(
  { effect, expiresAt }: { readonly effect: "ALLOW" | "DENY"; readonly expiresAt: Date | null },
  now: Date,
): Access {
  if (expiresAt !== null && expiresAt.getTime() <= now.getTime()) {
    return { level: "NONE", status: "CANCELED", reason: "EXPIRED" };
  }
  return effect === "ALLOW" ? given : { level: "NONE", status: "CANCELED", reason: "REVOKED" };
}
