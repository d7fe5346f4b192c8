import { anchorFor, firstPeriod } from "../../kit/billing-cycle.ts";
import { civilDate } from "../../kit/civil-time.ts";
import { beforeCycle } from "./held-discounts.ts";
import { type Plan, type Situation, planned } from "./plan.ts";
import { billedPeriodOf, cutAtEnd, cycleOf } from "./rules/billed-period.ts";
import { inTrial } from "./rules/billing-state.ts";
import { chargeInAdvance } from "./rules/first-charge.ts";
import { beginning } from "./rules/terms.ts";
import { settleEnd } from "./settlement.ts";
import type { ItemState, Subscription } from "./state.ts";
import { changeItemTerms } from "./rules/history.ts";

const stays: ReadonlySet<string> = new Set(["PARTIALLY_PAID", "PAID", "REFUNDED", "UNCOLLECTIBLE"]);

/** Whether a subscription waits for its first payment, so that a change of its items replaces the invoice that is open. */
export function waitsForPayment({ status, cyclesBilled }: Subscription): boolean {
  return status === "PENDING" && cyclesBilled > 0;
}

/**
 * Gives other items to a subscription that waits for its first payment. It has not begun, so its open invoice is replaced by one for the
 * first period at the new terms: paying the old one would start what it was not for. What was paid of it counts towards the new one.
 */
export function planReplacement(situation: Situation, after: readonly ItemState[]): Plan {
  const { state, history, basis, ledger } = situation;
  const { items: before } = state;
  const values = cycleFor(state.subscription, after);
  const billed = billedPeriodOf({ ...state.subscription, ...values });
  const terms = changeItemTerms(history, { before, after, from: beginning });
  if (!terms.rows.length && !Object.keys(values).length) return planned(situation, {}, { items: after });
  const discounts = state.discounts.map((held) => beforeCycle(held, state.subscription.currentPeriodStart));
  const context = { billed, basis, discounts };
  const partlyPaid = ledger.filter(({ invoice }) => invoice?.status === "PARTIALLY_PAID");
  const paid = settleEnd(billedPeriodOf(state.subscription).period, {
    ...context,
    before: history.items,
    ledger: partlyPaid,
  });
  const lines = [...paid.lines, ...chargeInAdvance(terms.items, billed.period, context)];
  return planned(situation, values, {
    items: after,
    terms: terms.rows,
    replaces: true,
    adjustments: paid.adjustments,
    bill: lines.length
      ? {
          // An invoice that stays is still the one of the period: it was paid in part, refunded or written off.
          reason: ledger.some(({ invoice }) => invoice && stays.has(invoice.status))
            ? "SUBSCRIPTION_UPDATE"
            : "SUBSCRIPTION_CREATE",
          period: billed.period,
          lines,
          discounts: "NEXT",
          countsCycle: true,
          takePending: false,
        }
      : null,
  });
}

/** Gives items at another interval to a subscription whose start is yet to come: its first period is made anew. */
export function planOtherStart(situation: Situation, after: readonly ItemState[]): Plan {
  const { state, history } = situation;
  const terms = changeItemTerms(history, { before: state.items, after, from: beginning });
  return planned(situation, cycleFor(state.subscription, after), { items: after, terms: terms.rows });
}

/** The cycle of items at another interval: it begins where the time that is paid for does. */
export function cycleFor(subscription: Subscription, [first]: readonly ItemState[]): Partial<Subscription> {
  const { interval, intervalCount } = first?.price ?? {};
  if (!interval || !intervalCount) return {};
  if (interval === subscription.interval && intervalCount === subscription.intervalCount) return {};
  const { timezone: zone, anchorDayAsked, trialEnd, currentPeriodStart } = subscription;
  const start = inTrial(subscription) && trialEnd ? trialEnd : currentPeriodStart;
  const billingAnchorDay = anchorDayAsked ? subscription.billingAnchorDay : civilDate(start, zone).day;
  const billingAnchor = anchorFor(start, { interval, anchorDay: billingAnchorDay, zone });
  const unpinned = { currentCycleStart: null, currentCycleEnd: null };
  const cycle = { interval, intervalCount, billingAnchor, billingAnchorDay, ...unpinned };
  if (inTrial(subscription)) return cycle;
  const period = firstPeriod(cycleOf({ ...subscription, ...cycle }), start);
  return { ...cycle, currentPeriodEnd: cutAtEnd(period, subscription).end };
}
