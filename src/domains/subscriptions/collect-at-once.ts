import { nextVersion } from "../../db/changes.ts";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import { type Collected, collect } from "../payments/index.ts";
import { type DunningSettings, afterAttempt, defaultDunning } from "./dunning.ts";
import { subscriptionEvent } from "./events.ts";
import { nextStepAt } from "./next-step.ts";
import { beginning } from "./rules/terms.ts";
import type { ItemState, Subscription } from "./state.ts";
import { writeSubscriptions } from "./write-subscriptions.ts";

/** A subscription whose invoice was just made. */
interface Invoiced {
  readonly subscription: Subscription;
  readonly items: readonly ItemState[];
  readonly invoice: Row<"Invoice">;
  /** Whether the subscription begins with it: without the payment it does not. */
  readonly first: boolean;
  readonly now: Date;
}

/** Collects an invoice that was just made, and gives it and the subscription as that leaves them. */
export async function collectAtOnce(
  transaction: Transaction,
  { subscription, items, invoice, first, now }: Invoiced,
): Promise<{ readonly subscription: Subscription; readonly invoice: Row<"Invoice"> }> {
  const [collected = "WAITING"] = await collect(transaction, [{ invoice, earlierAttempts: 0 }], now);
  if (collected === "PAID" && invoice.amountDue > 0n) {
    const [paid] = await readByIds(transaction, transaction.environmentId, "Invoice", [invoice.id]);
    return { subscription, invoice: paid ?? invoice };
  }
  if (collected === "PAID" || collected === "WAITING") return { subscription, invoice };
  const { after, events } = first
    ? unpaidStart(subscription)
    : afterAttempt(subscription, collected satisfies Collected, await readDunning(transaction), {
        now,
        retry: false,
      });
  if (after === subscription) return { subscription, invoice };
  const failed = nextVersion({ now }, subscription, after);
  await writeSubscriptions(transaction, [
    // What is not paid for at its start has never begun.
    { before: subscription, after: failed, at: first ? beginning : now },
  ]);
  transaction.emit(
    ...events.map((type) => subscriptionEvent(type, { subscription: failed, items }, subscription)),
  );
  return { subscription: failed, invoice };
}

/** What is not paid for does not begin. */
function unpaidStart(subscription: Subscription): { after: Subscription; events: readonly string[] } {
  if (subscription.status === "PENDING") return { after: subscription, events: [] };
  const after: Subscription = { ...subscription, status: "PENDING" };
  return { after: { ...after, nextStepAt: nextStepAt(after) }, events: ["subscription.updated"] };
}

async function readDunning({ query, environmentId }: Transaction): Promise<DunningSettings> {
  const [row] = await query<DunningSettings>(Prisma.sql`
    SELECT s.dunning_retry_days AS "dunningRetryDays", s.dunning_grace_days AS "dunningGraceDays",
      s.auto_cancel_unpaid AS "autoCancelUnpaid"
    FROM billing_settings s WHERE s.environment_id = ${environmentId}::uuid`);
  return row ?? defaultDunning;
}
