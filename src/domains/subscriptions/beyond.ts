import { mostPrice } from "../../kit/limits.ts";
import { type Fault, Refusal } from "../../kit/refusal.ts";
import { type RatedItem, costOf } from "./rating.ts";

/**
 * Refuses items that cost more in a period than can be billed, each at the path of its quantity. What meters measure is not known
 * yet; `rate.ts` of `usage/` looks at it.
 */
export function refuseBeyond(
  items: readonly Pick<RatedItem, "price" | "quantity" | "unitAmount">[],
  pathOf: (index: number) => readonly string[],
): void {
  const faults = items.flatMap((item, index): Fault[] => {
    if (item.price.meterId !== null || costOf(item, item.quantity).lte(mostPrice)) return [];
    const message = `So many units cost more than ${mostPrice} minor units a period, the most that can be billed.`;
    return [{ code: "INVALID", message, path: pathOf(index) }];
  });
  if (faults.length) throw new Refusal(faults);
}
