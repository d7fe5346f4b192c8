import { nextVersion, objectEvent } from "../../db/changes.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { decimal } from "../../kit/decimal.ts";
import { type Book, grantsOf } from "./book.ts";
import { type GrantRow, type GrantStep, lapseOf, nextGrantStep } from "./grant-steps.ts";
import { move } from "./move.ts";

const events: Readonly<Record<GrantStep, string>> = {
  BEGIN: "credit_grant.activated",
  RECUR: "credit_grant.recurred",
  EXPIRE: "credit_grant.expired",
};

/**
 * Lets the grants of an open wallet begin, recur and expire in the order of time, as of the instants at which they were to, as long
 * as `isDue` says so. Gives how many steps there were.
 */
export function settle(book: Book, walletId: string, isDue: (at: Date) => boolean, now: Date): number {
  for (let steps = 0; ; steps++) {
    const due = grantsOf(book, walletId).flatMap((grant) => {
      const step = nextGrantStep(grant);
      return step && isDue(step.at) ? [{ grant, ...step }] : [];
    });
    const [first] = due.toSorted((one, other) => one.at.getTime() - other.at.getTime());
    if (!first) return steps;
    take(book, first, now);
  }
}

function take(
  book: Book,
  { grant, kind, at }: { readonly grant: GrantRow; readonly kind: GrantStep; readonly at: Date },
  now: Date,
): void {
  const { id: grantId, walletId, amount, remaining } = grant;
  const lapse = kind === "RECUR" ? lapseOf(grant) : decimal(kind === "EXPIRE" ? remaining : 0);
  if (lapse.gt(0)) {
    move(book, {
      walletId,
      type: "EXPIRY",
      parts: [{ grantId, amount: lapse.negated() }],
      at,
      values: { grantId },
    });
  }
  if (kind !== "EXPIRE") {
    const type = kind === "BEGIN" ? "GRANT" : "RECURRENCE";
    move(book, { walletId, type, parts: [{ grantId, amount: decimal(amount) }], at, values: { grantId } });
  }
  const values = {
    BEGIN: { status: "ACTIVE" },
    RECUR: { recurrences: grant.recurrences + 1 },
    EXPIRE: { status: "EXPIRED" },
  }[kind] as Partial<GrantRow>;
  const moved = book.grants.get(grantId) ?? grant;
  const after = { ...moved, ...values };
  changeGrant(book, moved, { ...values, nextStepAt: nextGrantStep(after)?.at ?? null }, events[kind], now);
}

/** Notes a change of a grant, and tells of it. */
export function changeGrant(
  book: Book,
  before: GrantRow,
  values: Partial<GrantRow>,
  event: string,
  now: Date,
): GrantRow {
  const after = nextVersion({ now }, before, values);
  book.grants.set(before.id, after);
  book.events.push(objectEvent(event, after));
  return after;
}

/**
 * Settles open wallets up to an instant each. What falls together with the billing of a subscription, or after one that is due, waits
 * for it: credit of a period pays for the usage of that period. Gives how many steps there were. One statement, or none.
 */
export async function settleUpTo(
  transaction: Transaction,
  book: Book,
  times: ReadonlyMap<string, Date>,
): Promise<number> {
  const isDueFor = (customerId: string, at: Date) => at <= (times.get(customerId) ?? transaction.now);
  const waiting = [...book.grants.values()].filter(
    ({ customerId, nextStepAt }) => nextStepAt && isDueFor(customerId, nextStepAt),
  );
  if (!waiting.length) return 0;
  const billed = await nextBillings(transaction, [...new Set(waiting.map(({ customerId }) => customerId))]);
  let steps = 0;
  for (const walletId of new Set(waiting.map((grant) => grant.walletId))) {
    const customerId = book.wallets.get(walletId)?.customerId ?? "";
    const billing = billed.get(customerId);
    const isDue = (at: Date) => isDueFor(customerId, at) && (!billing || at < billing);
    steps += settle(book, walletId, isDue, times.get(customerId) ?? transaction.now);
  }
  return steps;
}

/** When customers' subscriptions do something next. */
async function nextBillings(
  { environmentId, query }: Transaction,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const rows = await query<{ customerId: string; at: Date }>(Prisma.sql`
    SELECT s.customer_id AS "customerId", min(s.next_step_at) AS at FROM subscriptions s
    WHERE s.environment_id = ${environmentId}::uuid AND s.customer_id = ANY(${customerIds}::uuid[])
      AND s.next_step_at IS NOT NULL
    GROUP BY s.customer_id`);
  return new Map(rows.map(({ customerId, at }) => [customerId, at]));
}
