/**
 * How large quantities and amounts may be, at every door and at every stage: what passes can be stored, multiplied, billed and read again.
 * See docs/decisions/0043-limits-of-quantities-and-amounts.md.
 */

/** The most units of anything: of an item, a line, a usage event or what a meter makes of it, the end of a tier, a package. */
export const mostUnits = 1_000_000_000_000_000;

/** The most minor units that an amount of a document comes to: a line, an invoice, a balance. A JSON number holds no more exactly. */
export const mostMinorUnits = 9_007_199_254_740_991n;

/** Whether an amount, above zero or below, is within `mostMinorUnits`. */
export function isBillable(amount: bigint): boolean {
  return amount <= mostMinorUnits && amount >= -mostMinorUnits;
}

/**
 * The most minor units of anything that prices say, and of what an item of a subscription costs in a period: the fifty items of a
 * subscription, each taxed ten times by 100 %, stay below what an invoice comes to.
 */
export const mostPrice = 10_000_000_000_000;
