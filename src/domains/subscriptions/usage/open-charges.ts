import { Prisma } from "../../../db/generated/prisma/client.ts";
import { periodAt } from "../../../kit/billing-cycle.ts";
import { roundTo } from "../../../kit/decimal.ts";
import { newId } from "../../../kit/ids.ts";
import { type Period, earlier, later } from "../../../kit/period.ts";
import { type TimeBasis, timeShare } from "../../../kit/time-share.ts";
import { cycleOf } from "../cycle.ts";
import type { ItemState, SubscriptionState } from "../state.ts";
import type { ChargeState } from "./charge.ts";
import { matchingOf } from "./matching.ts";

export interface OpenOptions {
  readonly now: Date;
  readonly basis: TimeBasis;
}

type State = Pick<SubscriptionState, "subscription" | "items">;

/** The charges of all metered items of a subscription for `period`, from when each is at its price. */
export function openCharges(state: State, period: Period, options: OpenOptions): ChargeState[] {
  return state.items.flatMap((item) => openCharge(state, item, period, options) ?? []);
}

/**
 * The charge of an item for `period`; null where it has none. With `cut`, the item goes on at another price after it: then
 * figures that do not add up count for this part of the time only.
 */
export function openCharge(
  { subscription, items }: State,
  item: ItemState,
  period: Period,
  { now, basis, cut = false }: OpenOptions & { readonly cut?: boolean },
): ChargeState | null {
  const { price } = item;
  const startsAt = later(period.start, item.pricedFrom ?? period.start);
  const endsAt = period.end;
  if (price.meterId === null || startsAt >= endsAt) return null;
  const countedFrom = earlier(later(period.start, item.countedFrom ?? period.start), startsAt);
  const part = {
    period: periodAt(cycleOf(subscription), period.start),
    service: { start: startsAt, end: endsAt },
    basis,
  };
  const isPart = cut || countedFrom < startsAt;
  return {
    environmentId: subscription.environmentId,
    id: newId(),
    customerId: subscription.customerId,
    subscriptionId: subscription.id,
    subscriptionItemId: item.id,
    meterId: price.meterId,
    priceId: price.id,
    countedFrom,
    startsAt,
    endsAt,
    share: stored(isPart ? timeShare(1, part) : 1, 30),
    minimum: price.spendingMinimum === null ? null : stored(timeShare(price.spendingMinimum, part), 12),
    matching: matchingOf(item, items) as ChargeState["matching"],
    quantity: null,
    amount: null,
    billedAt: null,
    settled: false,
    dueAt: null,
    createdAt: now,
    updatedAt: now,
    price,
    productName: item.productName,
    description: item.description,
  };
}

function stored(value: Parameters<typeof roundTo>[0], digits: number): Prisma.Decimal {
  return new Prisma.Decimal(roundTo(value, digits).toFixed());
}
