import type { ProrationMode } from "../../db/generated/prisma/enums.ts";
import { firstPeriod } from "../../kit/billing-cycle.ts";
import { civilDate } from "../../kit/civil-time.ts";
import { overlap, remainderOf } from "../../kit/period.ts";
import { cycleOf, currentPeriodOf } from "./cycle.ts";
import { type Plan, type Situation, planned } from "./plan.ts";
import { creditFor, isBilled, prorateItems } from "./prorate-items.ts";
import { rateItems } from "./rating.ts";
import type { ItemState, Reading } from "./state.ts";
import { cutUsage } from "./usage/cut.ts";
import { usageUntilNow } from "./usage/until-now.ts";

/** Gives a subscription other items at the same interval, from now on. */
export function planItems(situation: Situation, after: readonly ItemState[], mode: ProrationMode): Plan {
  const { subscription } = situation.state;
  const { lines, corrections } = prorateItems(situation, after, mode);
  const { items, charges } = cutUsage(situation, after);
  const remaining = remainderOf(currentPeriodOf(subscription), situation.now);
  if (mode !== "IMMEDIATE" || !lines.length || !remaining) {
    return planned(situation, {}, { items, charges, waiting: [...lines, ...corrections] });
  }
  const bill = {
    reason: "SUBSCRIPTION_UPDATE",
    period: remaining,
    lines,
    discounted: false,
    takePending: false,
  } as const;
  return planned(situation, {}, { items, charges, bill, waiting: corrections });
}

/**
 * Gives a subscription items at another interval. Unless nothing is prorated, the unused time is credited and a new
 * period begins and is billed at once; otherwise the current period runs on, and the next one has the new interval.
 */
export async function planInterval(
  transaction: Reading,
  situation: Situation,
  item: ItemState,
  mode: ProrationMode,
  others: readonly ItemState[] = [],
): Promise<Plan> {
  const { state, now, basis } = situation;
  const after = [item, ...others];
  const { subscription } = state;
  const { interval, intervalCount } = item.price;
  if (!interval || !intervalCount) throw new Error(`${item.price.id} does not recur`);
  const remaining = remainderOf(currentPeriodOf(subscription), now);
  const restarts = mode !== "NONE" && isBilled(subscription) && remaining !== null;
  const billingAnchor = restarts ? now : subscription.currentPeriodEnd;
  const billingAnchorDay = civilDate(billingAnchor, subscription.timezone).day;
  const cycle = { interval, intervalCount, billingAnchor, billingAnchorDay };
  if (!restarts) return planned(situation, cycle, cutUsage(situation, after));
  const period = firstPeriod(cycleOf({ ...subscription, ...cycle }), now);
  const credits = state.items.flatMap((before) => creditFor(situation, before, remaining, "NEXT_INVOICE"));
  const used = overlap(currentPeriodOf(subscription), { start: subscription.currentPeriodStart, end: now });
  const usage = await usageUntilNow(transaction, situation, used);
  const lines = [...credits, ...rateItems(after, period, { timing: "IN_ADVANCE", basis }), ...usage.lines];
  return planned(
    situation,
    {
      ...cycle,
      currentPeriodStart: period.start,
      currentPeriodEnd: period.end,
      cyclesBilled: subscription.cyclesBilled + 1,
    },
    {
      items: after,
      charges: usage.charges,
      bill: { reason: "SUBSCRIPTION_UPDATE", period, lines, discounted: true, takePending: true },
    },
  );
}
