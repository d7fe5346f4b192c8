import { Prisma } from "../../../db/generated/prisma/client.ts";
import { roundTo } from "../../../kit/decimal.ts";
import { newId } from "../../../kit/ids.ts";
import { type Period, earlier, later, overlap } from "../../../kit/period.ts";
import { type TimeBasis, timeShare } from "../../../kit/time-share.ts";
import type { BilledPeriod } from "../rules/billed-period.ts";
import type { ItemState, SubscriptionState } from "../state.ts";
import type { ChargeState } from "./charge.ts";
import { matchingOf } from "./matching.ts";

export interface OpenOptions {
  readonly now: Date;
  readonly basis: TimeBasis;
  /** The period that parts are of, and the whole period of its cycle. */
  readonly billed: Pick<BilledPeriod, "period" | "whole">;
}

type State = Pick<SubscriptionState, "subscription" | "items">;

/** The charges of all metered items of a subscription for parts of a period, from when each is at its price. */
export function openCharges(state: State, parts: readonly Period[], options: OpenOptions): ChargeState[] {
  return state.items.flatMap((item) =>
    parts.flatMap((part) => openCharge(state, item, part, { ...options, cut: parts.length > 1 }) ?? []),
  );
}

/**
 * The charge of an item for a part of a period; null where it has none. With `cut`, the item goes on after it, at another price or after a
 * pause: then figures that do not add up count for this part of the time only.
 */
export function openCharge(
  { subscription, items }: State,
  item: ItemState,
  { start, end: endsAt }: Period,
  { now, basis, billed: { period, whole }, cut = false }: OpenOptions & { readonly cut?: boolean },
): ChargeState | null {
  const { price } = item;
  const startsAt = later(start, item.pricedFrom ?? start);
  if (price.meterId === null || startsAt >= endsAt) return null;
  const countedFrom = earlier(later(period.start, item.countedFrom ?? period.start), startsAt);
  const shares = sharesOf({ price, countedFrom, startsAt, endsAt }, { basis, whole, cut });
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
    ...shares,
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

/**
 * A charge that is stored and not billed, as it is for the parts of its time that are billed: its period may have ended earlier, or the
 * subscription may have been paused in it, after it was stored. The first part keeps its id.
 */
export function cutCharge(
  charge: ChargeState,
  parts: readonly Period[],
  { basis, billed: { whole } }: Omit<OpenOptions, "now">,
): ChargeState[] {
  const own = parts.flatMap((part) => overlap(part, { start: charge.startsAt, end: charge.endsAt }) ?? []);
  const [first] = own;
  if (own.length === 1 && +first!.start === +charge.startsAt && +first!.end === +charge.endsAt)
    return [charge];
  return own.map(({ start: startsAt, end: endsAt }, index) => {
    const cut = { ...charge, startsAt, endsAt, id: index === 0 ? charge.id : newId() };
    return { ...cut, ...sharesOf(cut, { basis, whole, cut: own.length > 1 }) };
  });
}

/** The shares of a whole period that a charge is for. */
function sharesOf(
  {
    price,
    countedFrom,
    startsAt,
    endsAt,
  }: Pick<ChargeState, "price" | "countedFrom" | "startsAt" | "endsAt">,
  { basis, whole, cut }: { readonly basis: TimeBasis; readonly whole: Period; readonly cut: boolean },
): Pick<ChargeState, "share" | "minimum"> {
  const part = { period: whole, service: { start: startsAt, end: endsAt }, basis };
  const isPart = cut || countedFrom < startsAt;
  return {
    share: stored(isPart ? timeShare(1, part) : 1, 30),
    minimum: price.spendingMinimum === null ? null : stored(timeShare(price.spendingMinimum, part), 12),
  };
}

function stored(value: Parameters<typeof roundTo>[0], digits: number): Prisma.Decimal {
  return new Prisma.Decimal(roundTo(value, digits).toFixed());
}
