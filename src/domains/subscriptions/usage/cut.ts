import { isDeepStrictEqual } from "node:util";
import { overlap } from "../../../kit/period.ts";
import { currentPeriodOf } from "../cycle.ts";
import type { Plan, Situation } from "../plan.ts";
import { isBilled } from "../prorate-items.ts";
import type { ItemState } from "../state.ts";
import { matchingOf } from "./matching.ts";
import { openCharge } from "./open-charges.ts";

/**
 * What a change of items within a period does to usage. What was measured until now belongs to the terms until now: it is
 * noted as a charge, and billed with the period. An item that goes on at another price goes on from the units that it has,
 * and one that counts other events from now on begins anew.
 */
export function cutUsage(situation: Situation, after: readonly ItemState[]): Pick<Plan, "items" | "charges"> {
  const { state, now, basis } = situation;
  const { subscription, items: before } = state;
  const current = currentPeriodOf(subscription);
  const used = isBilled(subscription) ? overlap(current, { start: current.start, end: now }) : null;
  const remaining = new Map(after.map((item) => [item.id, item]));
  const cut = before.flatMap((item) => {
    const next = remaining.get(item.id);
    if (next && countsSame(item, before, next, after)) return [];
    return used ? (openCharge(state, item, used, { now, basis, cut: next !== undefined }) ?? []) : [];
  });
  const known = new Map(before.map((item) => [item.id, item]));
  return {
    charges: { added: cut, changed: [] },
    items: after.map((item) => {
      const old = known.get(item.id);
      if (old && countsSame(old, before, item, after)) return item;
      const goesOn = old?.price.meterId === item.price.meterId && matchesSame(old, before, item, after);
      if (item.price.meterId === null) return item;
      return { ...item, pricedFrom: now, countedFrom: goesOn ? item.countedFrom : now };
    }),
  };
}

type Items = readonly ItemState[];

function countsSame(one: ItemState, before: Items, other: ItemState, after: Items): boolean {
  return one.priceId === other.priceId && matchesSame(one, before, other, after);
}

function matchesSame(one: ItemState, before: Items, other: ItemState, after: Items): boolean {
  return isDeepStrictEqual(matchingOf(one, before), matchingOf(other, after));
}
