import { Decimal, type Numeric, decimal } from "../../kit/decimal.ts";

/** Credit that was granted. */
export interface Grant {
  readonly id: string;
  readonly amount: Numeric;
  /** Lower ones are used first. */
  readonly priority?: number | undefined;
  /** Among equals what expires first is used first, and what never does last. */
  readonly expiresAt?: Date | null | undefined;
}

/** What is left of each grant, and what none of them covered. */
export interface Balances {
  readonly balances: ReadonlyMap<string, Decimal>;
  readonly overage: Decimal;
}

/** Grants in the order in which they are used. */
export function burnDownOrder<One extends Grant>(grants: readonly One[]): One[] {
  const expiry = ({ expiresAt }: Grant) => expiresAt?.getTime() ?? Infinity;
  return grants.toSorted((one, other) => {
    if ((one.priority ?? 0) !== (other.priority ?? 0)) return (one.priority ?? 0) - (other.priority ?? 0);
    return expiry(one) === expiry(other) ? 0 : expiry(one) - expiry(other);
  });
}

/** Uses up grants in their order. */
export function burnDown(grants: readonly Grant[], usage: Numeric): Balances {
  const balances = new Map(grants.map(({ id, amount }) => [id, decimal(amount)]));
  return { balances, overage: takeFrom(balances, grants, decimal(usage)) };
}

/** Takes `quantity` from the balances, and gives what they do not cover. */
export function takeFrom(
  balances: Map<string, Decimal>,
  grants: readonly Grant[],
  quantity: Decimal,
): Decimal {
  let left = quantity;
  for (const { id } of burnDownOrder(grants)) {
    const balance = balances.get(id) ?? new Decimal(0);
    const used = Decimal.min(balance, left);
    balances.set(id, balance.minus(used));
    left = left.minus(used);
  }
  return left;
}
