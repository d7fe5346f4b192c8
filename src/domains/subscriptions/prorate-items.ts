import type { ProrationMode } from "../../db/generated/prisma/enums.ts";
import { periodAt } from "../../kit/billing-cycle.ts";
import { type Decimal, decimal, roundTo, roundToInteger } from "../../kit/decimal.ts";
import { type Period, overlap, remainderOf } from "../../kit/period.ts";
import { timeShare } from "../../kit/time-share.ts";
import { total } from "../../kit/money.ts";
import { applyDiscounts } from "../catalog/index.ts";
import type { InvoiceLineDraft } from "../invoices/index.ts";
import { unusedOf } from "./billed.ts";
import { currentPeriodOf, cycleOf } from "./cycle.ts";
import type { Situation } from "./plan.ts";
import { costOf, lineOf, timingOf } from "./rating.ts";
import type { ItemState, SubscriptionState } from "./state.ts";

/** The lines of a change within a period. */
export interface ProratedItems {
  /** On an invoice now, or with the next one, as the mode says. */
  readonly lines: readonly InvoiceLineDraft[];
  /** Always with the next invoice: they correct what it bills in arrears. */
  readonly corrections: readonly InvoiceLineDraft[];
}

const nothing: ProratedItems = { lines: [], corrections: [] };

/**
 * What a change of items within the current period does to its money. For each item that is charged in advance and whose terms
 * change, the unused part of what was billed is credited, and what is left of the period at the new terms is charged, less the
 * discounts that hold. Items in arrears are billed at their new terms for all of the period when it is over, so what was
 * used at the old ones until now is charged, and the same time at the new ones credited.
 */
export function prorateItems(
  situation: Situation,
  after: readonly ItemState[],
  mode: ProrationMode,
): ProratedItems {
  const { state, now } = situation;
  const { subscription, items } = state;
  if (!isBilled(subscription)) return nothing;
  const current = currentPeriodOf(subscription);
  const remaining = remainderOf(current, now);
  // At the end of a period it is not billed in arrears yet.
  if (mode === "NONE" && remaining) return nothing;
  const left = items.filter((item) => !after.some((other) => isSame(item, other)));
  const come = after.filter((item) => !items.some((other) => isSame(item, other)));
  const used = overlap(current, { start: current.start, end: now });
  const among = mode === "IMMEDIATE" ? after : null;
  return {
    lines: remaining
      ? [
          ...left.filter(inAdvance).flatMap((item) => creditFor(situation, item, remaining, mode)),
          ...come.filter(inAdvance).flatMap((item) => chargeFor(situation, item, remaining, among)),
        ]
      : [],
    corrections: used ? correctArrears(situation, left, come, used) : [],
  };
}

/** Whether a subscription is in a period that was billed, so that changes within it mean something. */
export function isBilled({ status, trialEnd, currentPeriodEnd }: SubscriptionState["subscription"]): boolean {
  const inTrial = trialEnd !== null && +trialEnd === +currentPeriodEnd;
  return (status === "ACTIVE" || status === "PAST_DUE" || status === "CANCELED") && !inTrial;
}

function inAdvance({ price }: ItemState): boolean {
  return timingOf(price) === "IN_ADVANCE";
}

/** Whether an item is billed the same before and after. */
function isSame(one: ItemState, other: ItemState): boolean {
  return (
    one.id === other.id &&
    one.priceId === other.priceId &&
    one.quantity.equals(other.quantity) &&
    String(one.unitAmount) === String(other.unitAmount)
  );
}

/** Credits what of an item was billed and is not used. */
export function creditFor(
  { state, billed, now, basis }: Situation,
  item: ItemState,
  remaining: Period,
  mode: ProrationMode,
): InvoiceLineDraft[] {
  // The next invoice takes percentages off everything on it, credits too.
  const gross =
    mode === "NEXT_INVOICE" && state.discounts.every(({ discount }) => discount.type === "PERCENTAGE");
  const credit = unusedOf(billed, item.id, { now, basis, gross: gross && state.discounts.length > 0 });
  return credit > 0n ? [prorationLine(item, "PRORATION_CREDIT", "Unused time", -credit, remaining)] : [];
}

/** Charges what is left of the period for an item; with `among`, less what discounts take off it among these items. */
function chargeFor(
  { state, basis }: Situation,
  item: ItemState,
  remaining: Period,
  among: readonly ItemState[] | null,
): InvoiceLineDraft[] {
  const period = wholeFor(state, item);
  if (!period) return [];
  const share = (amount: Decimal | bigint) =>
    roundToInteger(timeShare(amount, { period, service: remaining, basis }));
  const charge = share(costOf(item, item.quantity));
  const off = among ? share(discountOn(state, item, among)) : 0n;
  const lines = [prorationLine(item, "PRORATION_CHARGE", "Remaining time", charge, remaining)];
  return off > 0n ? [...lines, prorationLine(item, "ADJUSTMENT", "Discount", -off, remaining)] : lines;
}

/** The period that a price of an item is for: the cycle's, or the first one as its start rule says; null when that costs nothing. */
function wholeFor({ subscription }: SubscriptionState, { price }: ItemState): Period | null {
  const current = currentPeriodOf(subscription);
  const whole = periodAt(cycleOf(subscription), current.start);
  const isPart = +whole.start !== +current.start || +whole.end !== +current.end;
  if (subscription.cyclesBilled > 1 || !isPart || price.startRule === "PRORATE") return whole;
  return price.startRule === "IMMEDIATE" ? current : null;
}

/** What the discounts that hold take off a whole period of an item. */
function discountOn({ discounts }: SubscriptionState, item: ItemState, among: readonly ItemState[]): bigint {
  const items = among.filter(inAdvance);
  const { shares } = applyDiscounts(
    items.map((one) => ({
      amount: roundToInteger(costOf(one, one.quantity)),
      productId: one.price.productId,
      recurring: true,
    })),
    discounts.map(({ discount, productIds }) => ({
      type: discount.type,
      value: discount.value,
      scope: discount.scope,
      productIds,
    })),
  );
  return shares[items.findIndex(({ id }) => id === item.id)] ?? 0n;
}

function correctArrears(
  { state, basis }: Situation,
  left: readonly ItemState[],
  come: readonly ItemState[],
  used: Period,
): InvoiceLineDraft[] {
  const period = periodAt(cycleOf(state.subscription), used.start);
  const part = (item: ItemState) =>
    roundToInteger(timeShare(costOf(item, item.quantity), { period, service: used, basis }));
  const agreed = (item: ItemState) => !inAdvance(item) && item.price.meterId === null;
  return [
    ...left
      .filter(agreed)
      .map((item) => prorationLine(item, "PRORATION_CHARGE", "Time until the change", part(item), used)),
    ...come
      .filter(agreed)
      .map((item) => prorationLine(item, "PRORATION_CREDIT", "Time until the change", -part(item), used)),
  ].filter(({ amount }) => amount !== 0n);
}

function prorationLine(
  item: ItemState,
  kind: "PRORATION_CREDIT" | "PRORATION_CHARGE" | "ADJUSTMENT",
  title: string,
  amount: bigint,
  period: Period,
): InvoiceLineDraft {
  const line = lineOf(item, item.quantity, costOf(item, item.quantity));
  return {
    ...line,
    kind,
    description: `${title}: ${line.description}`,
    amount,
    unitAmount: roundTo(decimal(amount).div(line.quantity), 12),
    period,
  };
}

/** Charges what of the rest of the period is not billed: nothing, unless it was credited. */
export function unbilledLines(situation: Situation, remaining: Period): InvoiceLineDraft[] {
  const { state, billed, now, basis } = situation;
  return state.items.filter(inAdvance).flatMap((item) => {
    const credited = billed.lines.some(({ itemId, amount }) => itemId === item.id && amount < 0n);
    if (!credited) return [];
    const due = total(chargeFor(situation, item, remaining, state.items).map(({ amount }) => amount));
    const missing = due - unusedOf(billed, item.id, { now, basis });
    return missing > 0n
      ? [prorationLine(item, "PRORATION_CHARGE", "Remaining time", missing, remaining)]
      : [];
  });
}
