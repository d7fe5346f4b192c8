import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Period, overlap } from "../../../kit/period.ts";
import type { Reading } from "../state.ts";
import type { UsageCharge } from "./charge.ts";

type Charge = Pick<UsageCharge, "customerId" | "subscriptionId" | "meterId">;

interface Claim {
  readonly customerId: string;
  readonly meterId: string;
  readonly subscriptionId: string;
  readonly startedAt: Date;
  readonly from: Date;
  readonly until: Date | null;
}

/**
 * Who counts events that were sent for a customer and no subscription: of the customer's subscriptions that bill the meter at
 * that time the one that started first. Gives, for a charge and a span of time, the parts in which it is the charge's. One
 * statement, or none.
 */
export async function readOwners(
  { environmentId, query }: Reading,
  charges: readonly Charge[],
): Promise<(charge: Charge, span: Period) => readonly Period[]> {
  const customerIds = [...new Set(charges.map(({ customerId }) => customerId))];
  const meterIds = [...new Set(charges.map(({ meterId }) => meterId))];
  const claims = charges.length
    ? await query<Claim>(Prisma.sql`
        SELECT s.customer_id AS "customerId", p.meter_id AS "meterId", s.id AS "subscriptionId", s.started_at AS "startedAt",
          CASE WHEN i.created_at > s.created_at THEN i.created_at ELSE s.started_at END AS "from",
          least(s.ended_at, i.removed_at) AS until
        FROM subscriptions s
        JOIN subscription_items i ON i.environment_id = s.environment_id AND i.subscription_id = s.id
        JOIN prices p ON p.environment_id = i.environment_id AND p.id = i.price_id
        WHERE s.environment_id = ${environmentId}::uuid AND s.customer_id = ANY(${customerIds}::uuid[])
          AND p.meter_id = ANY(${meterIds}::uuid[])`)
    : [];
  const byPair = Map.groupBy(claims, keyOf);
  return (charge, span) => {
    const all = byPair.get(keyOf(charge)) ?? [];
    const own = all.find(({ subscriptionId }) => subscriptionId === charge.subscriptionId);
    const before = all.filter((other) => own && startedBefore(other, own));
    return before.reduce<readonly Period[]>(
      (left, { from, until }) => left.flatMap((part) => without(part, from, until ?? part.end)),
      [span],
    );
  };
}

function keyOf({ customerId, meterId }: Pick<Charge, "customerId" | "meterId">): string {
  return `${customerId} ${meterId}`;
}

function startedBefore(one: Claim, other: Claim): boolean {
  if (one.subscriptionId === other.subscriptionId) return false;
  const apart = +one.startedAt - +other.startedAt;
  return apart === 0 ? one.subscriptionId < other.subscriptionId : apart < 0;
}

/** What of a span lies neither in nor after another. */
function without(span: Period, from: Date, until: Date): Period[] {
  const parts = [
    overlap(span, { start: span.start, end: from }),
    overlap(span, { start: until, end: span.end }),
  ];
  return parts.filter((part) => part !== null);
}
