import type { Row } from "../../db/datamodel.ts";
import { type BillingCycle, boundary } from "../../kit/billing-cycle.ts";
import { Decimal, decimal } from "../../kit/decimal.ts";

export type GrantRow = Row<"CreditGrant">;

/** What a grant does as time goes by. */
export type GrantStep = "BEGIN" | "RECUR" | "EXPIRE";

type Timed = Pick<
  GrantRow,
  | "status"
  | "effectiveAt"
  | "expiresAt"
  | "recurrenceInterval"
  | "recurrenceCount"
  | "recurrences"
  | "timezone"
>;

/** What a grant does next, and when; null when it stays as it is. A grant that ends does not recur at the same instant. */
export function nextGrantStep(grant: Timed): { readonly kind: GrantStep; readonly at: Date } | null {
  const { status, effectiveAt, expiresAt } = grant;
  if (status === "SCHEDULED") return { kind: "BEGIN", at: effectiveAt };
  if (status !== "ACTIVE") return null;
  const recurrence = nextRecurrence(grant);
  if (expiresAt && (!recurrence || expiresAt <= recurrence)) return { kind: "EXPIRE", at: expiresAt };
  return recurrence && { kind: "RECUR", at: recurrence };
}

/** When a grant recurs next; counted from its beginning, so that a 31st comes back after short months. */
function nextRecurrence(grant: Timed): Date | null {
  const { effectiveAt: anchor, recurrenceInterval, recurrenceCount, recurrences, timezone: zone } = grant;
  if (!recurrenceInterval || !recurrenceCount) return null;
  const cycle: BillingCycle = { interval: recurrenceInterval, count: recurrenceCount, anchor, zone };
  return boundary(cycle, recurrences + 1);
}

/** What of a grant lapses when it recurs: all that is left but what rolls over. */
export function lapseOf({
  remaining,
  rollOverLimit,
}: Pick<GrantRow, "remaining" | "rollOverLimit">): Decimal {
  return Decimal.max(decimal(remaining).minus(decimal(rollOverLimit ?? 0)), 0);
}

/** Whether a grant can be used at an instant. What pays for the time up to an instant may use what ends there. */
export function isUsable(
  {
    status,
    remaining,
    effectiveAt,
    expiresAt,
  }: Pick<GrantRow, "status" | "remaining" | "effectiveAt" | "expiresAt">,
  at: Date,
  untilItsEnd = false,
): boolean {
  if (status !== "ACTIVE" || decimal(remaining).lte(0) || effectiveAt > at) return false;
  return !expiresAt || expiresAt > at || (untilItsEnd && expiresAt.getTime() === at.getTime());
}
