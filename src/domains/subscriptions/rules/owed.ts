import { type Decimal, roundToInteger, sum } from "../../../kit/decimal.ts";
import { lesser, total } from "../../../kit/money.ts";
import type { Period } from "../../../kit/period.ts";
import { timeShare } from "../../../kit/time-share.ts";
import { applyDiscounts } from "../../catalog/index.ts";
import type { LedgerLine, SettledDiscount } from "../../invoices/index.ts";
import type { HeldDiscount } from "../held-discounts.ts";
import { type RatedItem, type RatedLine, type RatingContext, costOf, rateSpan, timingOf } from "../rating.ts";
import { referenceOf } from "./billed-period.ts";
import { type StateOfTime, type StateSpan, timeIn } from "./billing-state.ts";
import { type ItemTerms, type TermsTimeline, spansIn, termsAt } from "./terms.ts";

/** An item of a subscription, and what it has been billed by for all time. */
export interface ItemHistory {
  readonly id: string;
  /** What invoices call it; null for the name of the product. */
  readonly description: string | null;
  readonly timeline: TermsTimeline;
  /** The item as it is rated by terms of its timeline. */
  readonly rated: (terms: ItemTerms) => RatedItem;
}

/** What an item that is billed in advance owes for a span of time. */
export interface OwedInAdvance {
  readonly line: RatedLine;
  readonly discounts: readonly SettledDiscount[];
}

/** What is left of it after discounts. */
export function netOwed({ line, discounts }: OwedInAdvance): bigint {
  return line.amount - total(discounts.map(({ amount }) => amount));
}

export interface OwedContext extends RatingContext {
  /** The discounts that hold in the period, in their order. */
  readonly discounts: readonly HeldDiscount[];
}

/**
 * What items that are billed in advance owe for a span of a period in which they all have these terms. Discounts are taken off what all
 * of them cost for the period as it would be uncut, and each span has its share of that: so a fixed amount gives its value once a period.
 */
export function owedInAdvance(
  items: readonly RatedItem[],
  span: Period,
  context: OwedContext,
): ReadonlyMap<string, OwedInAdvance> {
  const { billed, basis, discounts } = context;
  const charged = items.filter(({ price }) => timingOf(price) === "IN_ADVANCE");
  const rated = charged.flatMap((item) => {
    const line = rateSpan(item, span, context);
    return line ? [{ item, line }] : [];
  });
  const { parts } = applyDiscounts(
    rated.map(({ item }) => ({
      amount: roundToInteger(uncutCost(item, context)),
      productId: item.price.productId,
      recurring: true,
    })),
    discounts.map(({ discount: { type, value, scope }, productIds }) => ({ type, value, scope, productIds })),
  );
  const shareOf = (amount: bigint) =>
    roundToInteger(timeShare(amount, { period: billed.uncut, service: span, basis }));
  return new Map(
    rated.map(({ item, line }, index) => {
      let left = line.amount;
      const own = discounts.flatMap(({ redemption, discount }, place): SettledDiscount[] => {
        const amount = lesser(shareOf(parts[place]?.[index] ?? 0n), left);
        left -= amount;
        const description = discount.name ?? discount.code;
        return amount > 0n ? [{ redemptionId: redemption.id, description, amount }] : [];
      });
      return [item.id ?? "", { line, discounts: own }];
    }),
  );
}

/** What an item costs for its period if that were uncut. */
function uncutCost(item: RatedItem, { billed, basis }: RatingContext): Decimal | bigint {
  const reference = referenceOf(item.price, billed);
  if (!reference) return 0n;
  return timeShare(costOf(item, item.quantity), { period: reference, service: billed.uncut, basis });
}

/** The items that are billed at an instant, by their terms then. */
export function itemsAt(items: readonly ItemHistory[], at: Date): RatedItem[] {
  return items.flatMap(({ timeline, rated }) => {
    const terms = termsAt(timeline, at);
    return terms ? [rated(terms)] : [];
  });
}

/**
 * The lines of what items in arrears owe for the parts of a period in which the state meets a condition, and was not billed before: for
 * each part and each span of equal terms what it comes to, less what lines have billed of it.
 */
export function owedInArrears(
  items: readonly ItemHistory[],
  until: Period,
  {
    states,
    condition,
    ledger,
    ...context
  }: RatingContext & {
    readonly states: readonly StateSpan[];
    readonly condition: (state: StateOfTime) => boolean;
    readonly ledger: readonly LedgerLine[];
  },
): RatedLine[] {
  const parts = timeIn(states, until, condition);
  return items.flatMap(({ id, timeline, rated }) =>
    parts.flatMap((part) =>
      spansIn(timeline, part).flatMap(({ terms, start, end }): RatedLine[] => {
        const item = terms && rated(terms);
        if (!item || item.price.meterId !== null || timingOf(item.price) !== "IN_ARREARS") return [];
        const span = { start, end };
        const line = rateSpan(item, span, context);
        if (!line) return [];
        const before = billedOf(
          ledger.filter(({ itemId, priceId }) => itemId === id && priceId === terms.priceId),
          span,
          context,
        );
        if (before === 0n) return [line];
        const amount = line.amount - before;
        return amount > 0n ? [{ ...line, amount, breakdown: null }] : [];
      }),
    ),
  );
}

/** What lines of a price have billed for a span, whoever pays for it, and did not give back. */
function billedOf(ledger: readonly LedgerLine[], span: Period, { basis }: RatingContext): bigint {
  const shares = ledger
    .filter(({ usageChargeId }) => usageChargeId === null)
    .flatMap(({ amount, period, givenBack }) => [
      timeShare(amount, { period, service: span, basis }),
      ...givenBack.map((back) =>
        timeShare(-back.net, { period: back.period ?? period, service: span, basis }),
      ),
    ]);
  return roundToInteger(sum(shares));
}
