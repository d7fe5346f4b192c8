import type { ProrationMode } from "../../db/generated/prisma/enums.ts";
import { firstPeriod } from "../../kit/billing-cycle.ts";
import { civilDate } from "../../kit/civil-time.ts";
import { later, overlap, remainderOf } from "../../kit/period.ts";
import { heldNext } from "./held-discounts.ts";
import { type Plan, type Situation, changeBill, owedContext, planned } from "./plan.ts";
import { cycleFor, planOtherStart, planReplacement, waitsForPayment } from "./plan-replacement.ts";
import { billedPeriodOf, currentPeriodOf, cutAtEnd, cycleOf, pinnedCycle } from "./rules/billed-period.ts";
import { inTrial, isBilled } from "./rules/billing-state.ts";
import { chargeInAdvance } from "./rules/first-charge.ts";
import { termsAt } from "./rules/terms.ts";
import { nothingSettled, settleChange, settleEnd } from "./settlement.ts";
import type { ItemState, Reading } from "./state.ts";
import { type NamedTerms, beginTerms, changeItemTerms } from "./rules/history.ts";
import { cutUsage } from "./usage/cut.ts";
import { usageUntilNow } from "./usage/until-now.ts";
import { linesOfUse, treatedBills } from "./used-time.ts";

/** Gives a subscription other items at the same interval: from now on, or with NONE from the end of the period on. */
export function planItems(
  situation: Situation,
  after: readonly ItemState[],
  mode: ProrationMode,
  named?: NamedTerms,
): Plan {
  const { state, history, now, ledger } = situation;
  const { subscription, items: before } = state;
  if (waitsForPayment(subscription)) return planReplacement(situation, after);
  if (subscription.status === "PENDING") return planOtherStart(situation, after);
  const current = currentPeriodOf(subscription);
  const from = mode === "NONE" && isBilled(subscription) ? later(now, current.end) : now;
  const terms = changeItemTerms(history, { before, after, from, named });
  const remaining = remainderOf(current, now);
  const { lines, waiting, adjustments, onDrafts } = isBilled(subscription)
    ? settleChange(remaining, {
        ...owedContext(situation),
        before: history.items,
        after: terms.items,
        ledger,
      })
    : nothingSettled;
  const { items, charges } = cutUsage(situation, after, from);
  const rest = { items, terms: terms.rows, charges, adjustments, onDrafts };
  if (mode !== "IMMEDIATE" || !lines.length || !remaining) {
    return planned(situation, {}, { ...rest, waiting: [...waiting, ...lines] });
  }
  return planned(situation, {}, { ...rest, bill: changeBill(remaining, lines), waiting });
}

/** Whether the current period is billed at another interval than the subscription has from its end on. */
export function changesInterval({ state, history, now }: Situation): boolean {
  const { interval, intervalCount } = state.subscription;
  return history.items.some(({ timeline, rated }) => {
    const terms = termsAt(timeline, now);
    if (!terms) return false;
    const { price } = rated(terms);
    return price.interval !== interval || price.intervalCount !== intervalCount;
  });
}

/**
 * Gives a subscription items at another interval. Unless nothing is prorated, the period ends now and is settled, and a new
 * one begins and is billed at once; otherwise the current period runs on, and the next one has the new interval.
 */
export async function planInterval(
  transaction: Reading,
  situation: Situation,
  item: ItemState,
  mode: ProrationMode,
  others: readonly ItemState[] = [],
): Promise<Plan> {
  const { state, history, now, basis, ledger } = situation;
  const after = [item, ...others];
  const { subscription } = state;
  const { interval, intervalCount } = item.price;
  if (!interval || !intervalCount) throw new Error(`${item.price.id} does not recur`);
  if (waitsForPayment(subscription)) return planReplacement(situation, after);
  if (subscription.status === "PENDING") return planOtherStart(situation, after);
  const current = currentPeriodOf(subscription);
  const remaining = remainderOf(current, now);
  const restarts = mode !== "NONE" && isBilled(subscription) && remaining !== null;
  if (!restarts) return planLater(situation, after);
  const billingAnchorDay = civilDate(now, subscription.timezone).day;
  const cycle = { interval, intervalCount, billingAnchor: now, billingAnchorDay };
  const whole = firstPeriod(cycleOf({ ...subscription, ...cycle }), now);
  const period = cutAtEnd(whole, subscription);
  const terms = beginTerms(history, after, now);
  const settled = settleEnd(remaining, { ...owedContext(situation), before: history.items, ledger });
  const used = overlap(current, { start: current.start, end: now });
  const billed = billedPeriodOf(subscription);
  const usage = await usageUntilNow(transaction, situation, used);
  const { collected, paused } = linesOfUse(used, { billed, basis, history, ledger, usage: usage.lines });
  const begun = { period, whole, uncut: whole, first: false };
  const advance = chargeInAdvance(terms.items, period, { billed: begun, basis, discounts: heldNext(state) });
  const lines = [...settled.waiting, ...settled.lines, ...advance, ...collected];
  return planned(
    situation,
    {
      ...cycle,
      currentCycleStart: null,
      currentCycleEnd: null,
      currentPeriodStart: period.start,
      currentPeriodEnd: period.end,
      cyclesBilled: subscription.cyclesBilled + 1,
    },
    {
      items: after.map((one) =>
        one.price.meterId === null ? one : { ...one, pricedFrom: now, countedFrom: now },
      ),
      terms: terms.rows,
      charges: usage.charges,
      treated: treatedBills("SUBSCRIPTION_UPDATE", used ?? current, paused),
      adjustments: [...settled.adjustments, ...usage.adjustments],
      onDrafts: [...settled.onDrafts, ...usage.onDrafts],
      bill:
        lines.length || situation.waiting
          ? {
              reason: "SUBSCRIPTION_UPDATE",
              period,
              lines,
              discounts: "NEXT",
              countsCycle: true,
              takePending: true,
            }
          : null,
    },
  );
}

/** The new interval, from the end of the period on: until then all is as it was. */
function planLater(situation: Situation, after: readonly ItemState[]): Plan {
  const { state, history, now } = situation;
  const { subscription, items: before } = state;
  const { interval, intervalCount } = after[0]?.price ?? {};
  const from = isBilled(subscription) ? later(now, subscription.currentPeriodEnd) : now;
  const terms = changeItemTerms(history, { before, after, from });
  const { items, charges } = cutUsage(situation, after, from);
  if (inTrial(subscription)) {
    return planned(situation, cycleFor(subscription, after), { items, terms: terms.rows, charges });
  }
  const billingAnchor = subscription.currentPeriodEnd;
  // A day of the month stays what it is, though this month may be shorter.
  const hasDay = subscription.interval === "MONTH" || subscription.interval === "YEAR";
  const billingAnchorDay = hasDay
    ? subscription.billingAnchorDay
    : civilDate(billingAnchor, subscription.timezone).day;
  return planned(
    situation,
    {
      interval: interval ?? subscription.interval,
      intervalCount: intervalCount ?? subscription.intervalCount,
      billingAnchor,
      billingAnchorDay,
      ...pinnedCycle(subscription),
    },
    { items, terms: terms.rows, charges },
  );
}
