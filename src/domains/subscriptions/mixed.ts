import { mostMinorUnits } from "../../kit/limits.ts";
import { total } from "../../kit/money.ts";
import { type Fault, Refusal, refuse } from "../../kit/refusal.ts";
import type { Offer } from "./prices.ts";

/** What the items of a subscription have in common. */
type Common = Pick<Offer["price"], "currency" | "interval" | "intervalCount">;

/** Refuses prices that cannot be billed together with `first`: in another currency, or at another interval. */
export function refuseMixed(
  first: Common,
  offers: readonly Offer[],
  pathOf: (index: number) => readonly string[],
): void {
  const faults = offers.flatMap(({ price }, index): Fault[] => {
    const path = pathOf(index);
    if (price.currency !== first.currency) {
      const message = `The price is in ${price.currency}, and the subscription in ${first.currency}: all its items share one currency.`;
      return [{ code: "INVALID", message, path }];
    }
    if (price.interval !== first.interval || price.intervalCount !== first.intervalCount) {
      const message = `The price is billed every ${every(price)}, and the subscription every ${every(first)}: all its items share one interval.`;
      return [{ code: "INVALID", message, path }];
    }
    return [];
  });
  if (faults.length) throw new Refusal(faults);
}

function every({ interval, intervalCount }: Common): string {
  return `${intervalCount} ${interval}`;
}

/** Refuses lines that come to more than an amount can hold. */
export function refuseTooMuch(
  lines: readonly { readonly amount: bigint }[],
  path: readonly string[] = ["items"],
): void {
  if (total(lines.map(({ amount }) => (amount < 0n ? -amount : amount))) <= mostMinorUnits / 4n) return;
  refuse("INVALID", "The items come to more than an invoice can hold.", path);
}
