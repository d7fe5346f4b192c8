import { type Span, lengthOf, meet, without } from "./calendar.ts";
import { type DiscountKey, costOf, discountOf, priceOf } from "./catalog.ts";
import { Rational, least, one, sum, zero } from "./rational.ts";
import type { Simulation } from "./simulation.ts";
import type { Period } from "./states.ts";
import type { ItemHistory, Terms } from "./terms.ts";

/** What is owed: between two amounts where the rules leave it open, and how far rounding may be off. */
export interface Owed {
  readonly low: Rational;
  readonly high: Rational;
  readonly off: Rational;
}

export const nothing: Owed = { low: zero, high: zero, off: zero };
const half = new Rational(1n, 2n);

export function add(...some: readonly Owed[]): Owed {
  return {
    low: sum(some.map(({ low }) => low)),
    high: sum(some.map(({ high }) => high)),
    off: sum(some.map(({ off }) => off)),
  };
}

function exactly(amount: Rational): Owed {
  return { low: amount, high: amount, off: isWhole(amount) ? zero : half };
}

const isWhole = (amount: Rational): boolean => amount.d === 1n;

/** How much of `reference` a span is. */
export function share(span: Span, reference: Span, byDay: boolean): Rational {
  const part = meet(span, reference);
  const whole = lengthOf(reference, byDay);
  if (!part || whole === 0) return zero;
  return new Rational(BigInt(lengthOf(part, byDay)), BigInt(whole));
}

/** What amounts of a period are for: all of its cycle, or the first one as the start rule says; null for nothing owed. */
function referenceOf(period: Period, { price }: Terms): Span | null {
  const isPart = period.uncut.from !== period.whole.from;
  if (!period.first || !isPart) return period.whole;
  const rule = priceOf(price).startRule ?? "IMMEDIATE";
  if (rule === "NEXT_ANCHOR") return null;
  return rule === "PRORATE" ? period.whole : period.uncut;
}

const cost = ({ price, quantity, chosen }: Terms): Rational =>
  costOf(priceOf(price), Rational.of(quantity), chosen === null ? null : Rational.of(chosen));

/** What an item owes for a period in advance, less the discounts that hold for it. */
export function owedInAdvance(
  item: ItemHistory,
  period: Period,
  all: readonly ItemHistory[],
  { gaps, byDay }: { readonly gaps: readonly Span[]; readonly byDay: boolean },
): Owed {
  if (!period.billed) return nothing;
  const span = { from: period.from, to: Math.min(period.to, period.uncut.to) };
  const parts = without(span, gaps).flatMap((part) => item.within(part));
  return add(
    ...parts.map(({ span: part, terms }): Owed => {
      const reference = referenceOf(period, terms);
      if (!priceOf(terms.price).payInAdvance || !reference) return nothing;
      const gross = cost(terms).times(share(part, reference, byDay));
      if (!period.held.length) return exactly(gross);
      const off = discounted(item, part, period, all, byDay);
      const net = gross.minus(off);
      const open = shiftsBetween(item, period, all);
      if (open) {
        // Which item a fixed amount comes off, when others come and go, is not ruled to the cent.
        const fixed = period.held.reduce((total, key) => total + (discountOf(key).amount ?? 0), 0);
        const low = gross.minus(least(gross, Rational.of(fixed)));
        return { low, high: gross, off: one };
      }
      // Both the amount and what comes off it are rounded, and a discount is split over all items.
      return { low: net, high: net, off: (isWhole(gross) ? zero : half).plus(isWhole(off) ? zero : one) };
    }),
  );
}

/** Whether a fixed amount is split over items of which others change within the period. */
function shiftsBetween(item: ItemHistory, period: Period, all: readonly ItemHistory[]): boolean {
  if (period.held.every((key) => discountOf(key).amount === undefined)) return false;
  const span = { from: period.from, to: period.uncut.to };
  const steady = (other: ItemHistory): boolean => {
    const parts = other.within(span);
    return (
      !parts.length ||
      (parts.length === 1 && parts[0]?.span.from === span.from && parts[0].span.to === span.to)
    );
  };
  return all.some((other) => other !== item && !steady(other));
}

/** What discounts take off a span of an item: its share of what they take off all of the period. */
function discounted(
  item: ItemHistory,
  span: Span,
  period: Period,
  all: readonly ItemHistory[],
  byDay: boolean,
): Rational {
  const cuts = [...new Set(all.flatMap((other) => other.within(span).map(({ span: { from } }) => from)))];
  const starts = cuts.toSorted((some, other) => some - other);
  return sum(
    starts.map((from, index) => {
      const part = { from, to: starts[index + 1] ?? span.to };
      const lines = all.flatMap((other) => {
        const terms = other.at(from);
        const reference = terms && referenceOf(period, terms);
        if (!terms || !reference || !priceOf(terms.price).payInAdvance) return [];
        return [
          {
            item: other,
            product: priceOf(terms.price).product,
            amount: cost(terms).times(share(period.uncut, reference, byDay)),
          },
        ];
      });
      const off = takeOff(
        period.held,
        lines.map(({ product, amount }) => ({ product, amount })),
      );
      const place = lines.findIndex(({ item: other }) => other === item);
      return (off[place] ?? zero).times(share(part, period.uncut, byDay));
    }),
  );
}

/** What discounts take off each of some lines, one after the other, in proportion. */
export function takeOff(
  held: readonly DiscountKey[],
  lines: readonly { readonly product: string; readonly amount: Rational }[],
  used: Rational = zero,
): Rational[] {
  const left = lines.map(({ amount }) => amount);
  for (const key of held) {
    const { percentage, amount = 0, product } = discountOf(key);
    const covered = left.map((value, index) => (product && lines[index]?.product !== product ? zero : value));
    const base = sum(covered);
    if (base.compare(zero) <= 0) continue;
    const off = percentage
      ? base.times(Rational.of(percentage)).over(Rational.of(100))
      : least(Rational.of(amount).minus(used), base);
    for (const [index, value] of covered.entries()) {
      left[index] = (left[index] ?? zero).minus(off.times(value).over(base));
    }
  }
  return left.map((value, index) => (lines[index]?.amount ?? zero).minus(value));
}

/** What an item owes for a period in arrears, as far as that is due. */
export function owedInArrears(
  item: ItemHistory,
  period: Period,
  simulation: Simulation,
  byDay: boolean,
): Owed {
  const due = dueUntil(period, simulation);
  if (due === null || period.trial) return nothing;
  const spans = simulation.spansIn({ from: period.from, to: due }, "ACTIVE", "PAUSED");
  return add(
    ...spans.flatMap((span) =>
      item.within(span).map(({ span: part, terms }): Owed => {
        const price = priceOf(terms.price);
        const reference = referenceOf(period, terms);
        if (price.payInAdvance || price.metered || !reference) return nothing;
        const gross = cost(terms).times(share(part, reference, byDay));
        return lessDiscounts(exactly(gross), price.product, period, simulation);
      }),
    ),
  );
}

/** What is in arrears, less the discounts of the invoice: what the period held, what its last invoice held, or in between. */
export function lessDiscounts(gross: Owed, product: string, period: Period, simulation: Simulation): Owed {
  const sets = [
    period.held,
    period.heldAtClose,
    simulation.holds() && simulation.discount ? [simulation.discount] : [],
  ];
  const nets = sets.map((held) => {
    const percent = held.every((key) => "percentage" in discountOf(key));
    const [off = zero] = takeOff(held, [{ product, amount: gross.low }]);
    // Of a fixed amount only what the period in advance has left comes off.
    return { net: gross.low.minus(off), open: !percent };
  });
  const values = nets.map(({ net }) => net).toSorted((some, other) => some.compare(other));
  const low = values[0] ?? gross.low;
  const high = nets.some(({ open }) => open) ? gross.high : (values.at(-1) ?? gross.high);
  return { low, high, off: gross.off.plus(isWhole(low) ? zero : one) };
}

/** Up to when what a period has in arrears is to be billed; null for not yet. */
export function dueUntil(period: Period, { ends, periods }: Simulation): number | null {
  const to = Math.min(period.to, period.uncut.to);
  if (period.closed) return to;
  const end = ends.findLast((at) => at >= period.from);
  return end === undefined || periods.at(-1) !== period ? null : Math.min(end, to);
}
