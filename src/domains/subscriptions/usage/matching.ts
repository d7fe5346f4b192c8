import type { Condition } from "../../usage/index.ts";
import type { ItemState } from "../state.ts";
import type { Matching } from "./charge.ts";

type Item = Pick<ItemState, "id" | "position" | "price">;

/**
 * Which events of its meter an item counts among all `items` of a subscription; null for all. An event is counted by the item
 * with the most conditions that it meets, then the highest priority, then the first place; what no filter takes is left to
 * items without one.
 */
export function matchingOf(item: Item, items: readonly Item[]): Matching | null {
  const only = conditionsOf(item);
  const except = items
    .filter((other) => other.id !== item.id && other.price.meterId === item.price.meterId)
    .filter((other) => conditionsOf(other).length > 0 && comesBefore(other, item))
    .map(conditionsOf);
  return only.length || except.length ? { only, except } : null;
}

function conditionsOf({ price }: Item): readonly Condition[] {
  return (price.usageFilter ?? []) as unknown as readonly Condition[];
}

function comesBefore(one: Item, other: Item): boolean {
  const bySize = conditionsOf(one).length - conditionsOf(other).length;
  const byPriority = one.price.filterPriority - other.price.filterPriority;
  return (bySize || byPriority || other.position - one.position) > 0;
}
