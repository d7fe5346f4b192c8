import { type Instant, wholeAt } from "./calendar.ts";
import { priceOf } from "./catalog.ts";
import type { Simulation } from "./simulation.ts";
import type { Period } from "./states.ts";
import type { ItemHistory } from "./terms.ts";

const unbilled = { billed: false, closed: false, counted: false, restarted: false, heldAtClose: [] };

/** The time of a trial, in which nothing is billed. */
export function trialPeriod({ start, trialEnd, endsOn }: Simulation): Period {
  const span = { from: start, to: Math.min(trialEnd ?? 0, endsOn ?? Infinity) };
  return { ...span, uncut: span, whole: span, first: false, trial: true, ...unbilled, held: [] };
}

/** The period that begins at `from`, cut at an end that is known. */
export function makePeriod({ cycle, endsOn, cancelAt }: Simulation, from: Instant, first: boolean): Period {
  const whole = wholeAt(cycle, from);
  const to = Math.min(whole.to, endsOn ?? Infinity, cancelAt ?? Infinity);
  return { from, to, uncut: { from, to: whole.to }, whole, first, trial: false, ...unbilled, held: [] };
}

/** Whether the invoice of a period has anything on it, so that discounts are used by it. */
export function billsSomething(
  items: readonly ItemHistory[],
  period: Period,
  previous: Period | null,
): boolean {
  return items.some((item) => {
    const terms = item.at(period.from);
    const price = terms && priceOf(terms.price);
    const short = period.uncut.from !== period.whole.from;
    if (price?.payInAdvance && !(period.first && short && price.startRule === "NEXT_ANCHOR")) return true;
    const past = previous && !previous.trial ? item.within({ from: previous.from, to: previous.to }) : [];
    return past.some(({ terms: { price: key } }) => !priceOf(key).payInAdvance);
  });
}
