import { type Instant, type Span, meet } from "./calendar.ts";
import { costOf, priceOf } from "./catalog.ts";
import { type Owed, add, dueUntil, lessDiscounts, nothing, share } from "./owed.ts";
import { Rational, most, zero } from "./rational.ts";
import type { Simulation } from "./simulation.ts";
import type { Period } from "./states.ts";
import type { ItemHistory } from "./terms.ts";

/** An event that counts as long as it is not void. */
export interface UsageEvent {
  readonly key: string;
  readonly at: Instant;
  readonly quantity: number;
  void: boolean;
}

/** What an item owes for the usage of a period, as far as that is due. Null where the rules leave it open. */
export function owedForUsage(
  item: ItemHistory,
  period: Period,
  simulation: Simulation,
  events: readonly UsageEvent[],
  byDay: boolean,
): Owed | null {
  const due = dueUntil(period, simulation);
  if (due === null || period.trial) return nothing;
  const span = { from: period.from, to: due };
  const parts = item.within(span).filter(({ terms }) => priceOf(terms.price).metered);
  if (!parts.length) return nothing;
  const counted = simulation.spansIn(span, "ACTIVE", "PAUSED");
  const spansOfPauses = simulation.spansIn(span, "PAUSED");
  const broken = spansOfPauses.length > 0 || lengthOfAll(counted) < due - period.from;
  const special = parts.some(({ terms }) => {
    const { scheme, minimum } = priceOf(terms.price);
    return scheme !== undefined || minimum !== undefined;
  });
  if (broken && special) return null;
  let before = zero;
  return add(
    ...parts.map(({ span: part, terms }): Owed => {
      const price = priceOf(terms.price);
      const used = unitsIn(events, part, counted);
      const after = before.plus(used);
      const amount = costOf(price, after, null, false).minus(costOf(price, before, null, false));
      before = after;
      const least = Rational.of(price.minimum ?? 0).times(share(part, period.whole, byDay));
      const gross = most(amount, least);
      const off = gross.d === 1n ? zero : new Rational(1n, 2n);
      return lessDiscounts({ low: gross, high: gross, off }, price.product, period, simulation);
    }),
  );
}

function unitsIn(events: readonly UsageEvent[], part: Span, counted: readonly Span[]): Rational {
  const valid = events.filter(
    ({ at, void: gone }) =>
      !gone &&
      at >= part.from &&
      at < part.to &&
      counted.some((span) => meet(span, { from: at, to: at + 1 })),
  );
  return new Rational(valid.reduce((total, { quantity }) => total + BigInt(quantity), 0n));
}

const lengthOfAll = (spans: readonly Span[]): number =>
  spans.reduce((total, { from, to }) => total + to - from, 0);
