import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import type { Subscription } from "../state.ts";

const day = 86_400_000;

/**
 * So many days after a subscription has ended the engine looks for usage that came late: once what is on its way has arrived,
 * monthly while events are taken, and when the last charge is settled.
 */
const looks = [1, 31, 61, 91];

/** When the engine next looks, after `now`, for late usage of a subscription; null when it has ended too long ago, or goes on. */
export function nextLook({ endedAt }: Pick<Subscription, "endedAt">, now: Date): Date | null {
  if (!endedAt) return null;
  const times = looks.map((days) => new Date(endedAt.getTime() + days * day));
  return times.find((time) => time > now) ?? null;
}

/** Has the engine look for late usage of subscriptions that have ended. One statement, or none. */
export async function awaitLateUsage(
  transaction: Transaction,
  ended: readonly Subscription[],
): Promise<void> {
  await setLooks(
    transaction,
    ended.flatMap(({ id, endedAt }) => (endedAt ? [{ id, at: nextLook({ endedAt }, endedAt) }] : [])),
  );
}

/** Notes when the engine looks for the usage of these subscriptions again, now that it has. One statement, or none. */
export async function lookedForUsage(
  transaction: Transaction,
  subscriptions: readonly Subscription[],
  now: Date,
): Promise<void> {
  await setLooks(
    transaction,
    subscriptions.map((subscription) => ({ id: subscription.id, at: nextLook(subscription, now) })),
  );
}

async function setLooks(
  { environmentId, query }: Transaction,
  looksOf: readonly { readonly id: string; readonly at: Date | null }[],
): Promise<void> {
  if (!looksOf.length) return;
  await query(Prisma.sql`
    UPDATE usage_charges c SET due_at = CASE WHEN NOT c.settled THEN n.at END
    FROM unnest(${looksOf.map(({ id }) => id)}::uuid[], ${looksOf.map(({ at }) => at)}::timestamptz[]) AS n(id, at)
    WHERE c.environment_id = ${environmentId}::uuid AND c.subscription_id = n.id AND (NOT c.settled OR c.due_at IS NOT NULL)`);
}
