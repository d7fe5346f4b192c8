import type { Row } from "../../db/datamodel.ts";
import { Decimal, type Numeric, decimal, roundTo, roundToInteger, sum } from "../../kit/decimal.ts";
import { burnDownOrder, takeFrom } from "./burn-down.ts";
import type { GrantRow } from "./grant-steps.ts";

type Worth = Pick<Row<"Wallet">, "unit" | "creditValue">;

/** A part of a movement that is about one grant. */
export interface GrantPart {
  readonly grantId: string;
  /** Below zero for what is taken. */
  readonly amount: Decimal;
}

/** What is taken of grants in their order of use, `quantity` in all, and what they do not cover. */
export function burn(
  grants: readonly GrantRow[],
  quantity: Numeric,
): { readonly parts: readonly GrantPart[]; readonly missing: Decimal } {
  const wanted = grants
    .toSorted(
      (one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1),
    )
    .map(({ id, remaining, priority, expiresAt }) => ({ id, amount: remaining, priority, expiresAt }));
  const balances = new Map(wanted.map(({ id, amount }) => [id, decimal(amount)]));
  const missing = takeFrom(balances, wanted, decimal(quantity));
  const parts = burnDownOrder(wanted).flatMap(({ id, amount }) => {
    const taken = decimal(balances.get(id) ?? 0).minus(decimal(amount));
    return taken.isZero() ? [] : [{ grantId: id, amount: taken }];
  });
  return { parts, missing };
}

/** What units of a wallet are worth on invoices, in whole minor units: a fraction of one cannot be spent. */
export function worthOf({ unit, creditValue }: Worth, amount: Numeric): bigint {
  if (unit === "CREDITS" && creditValue === null) return 0n;
  const value = unit === "CURRENCY" ? decimal(1) : decimal(creditValue ?? 0);
  return roundToInteger(decimal(amount).times(value), "FLOOR");
}

/** The units of a wallet that pay so many minor units; never more than there are. */
export function unitsFor({ unit, creditValue }: Worth, minor: bigint, available: Numeric): Decimal {
  if (unit === "CURRENCY") return decimal(minor);
  return Decimal.min(roundTo(decimal(minor).div(decimal(creditValue ?? 1)), 12), decimal(available));
}

/** What is left of grants in all. */
export function remainingOf(grants: readonly Pick<GrantRow, "remaining">[]): Decimal {
  return sum(grants.map(({ remaining }) => remaining));
}
