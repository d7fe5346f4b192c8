import { lockRows, nextVersion } from "../../db/changes.ts";
import type { Transaction } from "../../db/transaction.ts";
import { nowFor } from "../clocks/index.ts";
import { createInvoices, postGiveBacks } from "../invoices/index.ts";
import {
  billUsage,
  draftEarly,
  earlyUsage,
  loadStates,
  nextStepAt,
  subscriptionEvent,
  writeCharges,
  writeSubscriptions,
} from "../subscriptions/index.ts";
import { type Billed, basisOf } from "./bill.ts";
import { collectFor } from "./collect-for.ts";
import { readSettings } from "./settings.ts";
import { type UsageMark, subscriptionsOf } from "./usage-marks.ts";

/**
 * Bills what was used of marked meters where the price is paid in advance: what the usage of the period comes to by now, less
 * what was billed of it. The invoice at the end of the period bills the rest, and a minimum. A payment that fails is one that
 * the subscription owes.
 */
export async function billUsageEarly(transaction: Transaction, marks: readonly UsageMark[]): Promise<void> {
  const ids = await subscriptionsOf(transaction, marks, { payInAdvance: true });
  if (!ids.length) return;
  const locked = [...(await lockRows(transaction, "BillingSubscription", ids)).values()];
  const settings = await readSettings(transaction);
  const states = await loadStates(transaction, locked);
  const times = await nowFor(
    transaction,
    locked.map(({ customerId }) => customerId),
  );
  const timeOf = (customerId: string): Date => times.get(customerId) ?? transaction.now;
  const wanted = [...states.values()].flatMap(
    (state) => earlyUsage(state, basisOf(settings, state.subscription.timezone)) ?? [],
  );
  const usage = await billUsage(transaction, wanted, { now: transaction.now, lock: true, early: true });
  await writeCharges(transaction, {
    added: [...usage.values()].flatMap(({ charges }) => charges.added),
    changed: [...usage.values()].flatMap(({ charges }) => charges.changed),
  });
  await postGiveBacks(transaction, [...usage.values()], {
    reason: "Usage was corrected",
    now: transaction.now,
  });
  const billed = wanted.flatMap(({ state, period }) => {
    const { id, customerId } = state.subscription;
    const lines = usage.get(id)?.lines ?? [];
    const now = timeOf(customerId);
    return lines.length ? [{ state, period, now, draft: draftEarly(state, { period, lines, now }) }] : [];
  });
  const made = await createInvoices(
    transaction,
    billed.map(({ draft }) => draft),
  );
  const collecting = billed.map(({ state: { subscription: before }, now }, index) => {
    const invoice = made[index]?.invoice;
    const one: Billed = {
      before,
      step: { kind: "RENEW", at: now },
      taken: { after: before, bill: null, events: [] },
      invoices: invoice ? [invoice] : [],
    };
    return { one, now };
  });
  for (const sameTime of Map.groupBy(collecting, ({ now }) => now.getTime()).values()) {
    // Customers of one clock have one time, and all others another.
    // eslint-disable-next-line no-await-in-loop
    await collectAt(
      transaction,
      sameTime.map(({ one }) => one),
      { settings, now: sameTime[0]?.now ?? transaction.now },
    );
  }

  /** Collects invoices, and writes what became of the subscriptions whose payment failed. */
  async function collectAt(
    within: Transaction,
    invoices: readonly Billed[],
    context: Parameters<typeof collectFor>[2],
  ): Promise<void> {
    const attempts = await collectFor(within, invoices, context);
    const changes = invoices.flatMap(({ before }) => {
      const { after, events } = attempts.get(before.id) ?? { after: before, events: [] };
      if (after === before) return [];
      return [
        {
          before,
          after: nextVersion(context, before, { ...after, nextStepAt: nextStepAt(after) }),
          events,
          at: context.now,
        },
      ];
    });
    await writeSubscriptions(within, changes);
    for (const { before, after: subscription, events } of changes) {
      const items = states.get(before.id)?.items ?? [];
      within.emit(...events.map((type) => subscriptionEvent(type, { subscription, items }, before)));
    }
  }
}
