import { isDeepStrictEqual } from "node:util";
import { type Period, overlap } from "../../../kit/period.ts";
import type { Plan, Situation } from "../plan.ts";
import { billedPeriodOf } from "../rules/billed-period.ts";
import { countsUsage, isBilled, timeIn } from "../rules/billing-state.ts";
import { spanAt } from "../rules/terms.ts";
import type { ItemState } from "../state.ts";
import { matchingOf } from "./matching.ts";
import { openCharge } from "./open-charges.ts";

/**
 * What a change of items does to usage, from `from` on. What was measured until then belongs to the terms until then: it is
 * noted as a charge, and billed with the period. An item that goes on at another price goes on from the units that it has,
 * and one that counts other events from then on begins anew.
 */
export function cutUsage(
  situation: Pick<Situation, "state" | "history" | "now" | "basis">,
  after: readonly ItemState[],
  from: Date,
): Pick<Plan, "items" | "charges"> {
  const { state, history, now, basis } = situation;
  const { subscription, items: before } = state;
  const billed = billedPeriodOf(subscription);
  const used = isBilled(subscription)
    ? overlap(billed.period, { start: billed.period.start, end: from })
    : null;
  const parts = used ? timeIn(history.states, used, (one) => countsUsage(one) || one.state === "PAUSED") : [];
  const remaining = new Map(after.map((item) => [item.id, item]));
  const cut = before.flatMap((item) => {
    const next = remaining.get(item.id);
    if (next && countsSame(item, before, next, after)) return [];
    const held = inForce(item, situation, billed.period);
    const options = { now, basis, billed, cut: next !== undefined || parts.length > 1 };
    return parts.flatMap((part) => openCharge(state, held, part, options) ?? []);
  });
  const known = new Map(before.map((item) => [item.id, item]));
  const goesOnFrom = from < billed.period.end;
  return {
    charges: { added: cut, changed: [] },
    items: after.map((item) => {
      const old = known.get(item.id);
      if (old && countsSame(old, before, item, after)) return item;
      const goesOn = old?.price.meterId === item.price.meterId && matchesSame(old, before, item, after);
      if (item.price.meterId === null) return item;
      // What was put off to the next period has not begun to count.
      const counted = item.countedFrom && item.countedFrom > now ? null : item.countedFrom;
      return { ...item, pricedFrom: from, countedFrom: goesOn && goesOnFrom ? counted : from };
    }),
  };
}

/** An item as it is billed now, where what was agreed to last holds from the next period on. */
function inForce(
  item: ItemState,
  { history, now }: Pick<Situation, "history" | "now">,
  period: Period,
): ItemState {
  const own = history.items.find(({ id }) => id === item.id);
  const span = own && spanAt(own.timeline, now);
  if (!own || !span?.terms || span.terms.priceId === item.priceId) return item;
  const { price, productName } = own.rated(span.terms);
  const pricedFrom = span.start > period.start ? span.start : null;
  return { ...item, priceId: price.id, price, productName, pricedFrom };
}

type Items = readonly ItemState[];

function countsSame(one: ItemState, before: Items, other: ItemState, after: Items): boolean {
  return one.priceId === other.priceId && matchesSame(one, before, other, after);
}

function matchesSame(one: ItemState, before: Items, other: ItemState, after: Items): boolean {
  return isDeepStrictEqual(matchingOf(one, before), matchingOf(other, after));
}
