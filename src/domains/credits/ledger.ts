import { Decimal, type Numeric, decimal } from "../../kit/decimal.ts";
import { type Balances, type Grant, takeFrom } from "./burn-down.ts";

/** Credit that holds from an instant on, until it expires or is voided. */
export interface DatedGrant extends Grant {
  readonly effectiveAt: Date;
  readonly voidedAt?: Date | null | undefined;
  /** After so many days of 24 hours, again and again, its balance is the whole amount again. */
  readonly recursEveryDays?: number | null | undefined;
}

export interface UsedCredit {
  readonly at: Date;
  readonly quantity: Numeric;
}

interface Step {
  readonly at: number;
  /** At one instant grants end, others begin, what was not covered is taken from them, and usage comes last. */
  readonly order: number;
  readonly run: () => void;
}

const day = 86_400_000;

/**
 * What is left of grants at `until`, after usage in the order of time. What no grant covered is taken from the next one
 * that begins or recurs; the rest of it is the overage.
 */
export function ledgerAt(until: Date, grants: readonly DatedGrant[], usage: readonly UsedCredit[]): Balances {
  const balances = new Map(grants.map(({ id }) => [id, new Decimal(0)]));
  let overage = new Decimal(0);
  const take = (quantity: Decimal) => {
    overage = takeFrom(balances, grants, quantity);
  };
  const steps: Step[] = [
    ...grants.flatMap((grant) => [
      ...startsOf(grant, until).flatMap((at) => [
        { at, order: 1, run: () => void balances.set(grant.id, decimal(grant.amount)) },
        { at, order: 2, run: () => take(overage) },
      ]),
      { at: endOf(grant), order: 0, run: () => void balances.set(grant.id, new Decimal(0)) },
    ]),
    ...usage.map(({ at, quantity }) => ({
      at: at.getTime(),
      order: 3,
      run: () => take(overage.plus(decimal(quantity))),
    })),
  ];
  const due = steps.filter(({ at }) => at <= until.getTime());
  for (const step of due.toSorted((one, other) => one.at - other.at || one.order - other.order)) {
    step.run();
  }
  return { balances, overage };
}

/** When a grant begins and recurs, as long as it holds. */
function startsOf({ effectiveAt, recursEveryDays, ...rest }: DatedGrant, until: Date): number[] {
  const first = effectiveAt.getTime();
  const end = Math.min(endOf(rest), until.getTime() + 1);
  if (!recursEveryDays) return first < end ? [first] : [];
  const step = recursEveryDays * day;
  const count = Math.max(Math.ceil((end - first) / step), 0);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

function endOf({ voidedAt, expiresAt }: Pick<DatedGrant, "voidedAt" | "expiresAt">): number {
  return Math.min(voidedAt?.getTime() ?? Infinity, expiresAt?.getTime() ?? Infinity);
}
