import { addDays, startOfDay } from "../../kit/civil-time.ts";
import { type Numeric, decimal, roundToInteger } from "../../kit/decimal.ts";
import { atLeastZero, lesser, shareOf } from "../../kit/money.ts";
import { type Period, later } from "../../kit/period.ts";
import { type ServiceTime, timeShare } from "../../kit/time-share.ts";
import { type CreditAmounts, type CreditItem, creditAmounts } from "./estimate.ts";

/** A subscription that was charged in advance and ends within its period. Money is in minor units. */
export interface Termination {
  /** What the plan costs for all of the period. */
  readonly planAmount: Numeric;
  /** What the period's line was charged, and the discount that it had. */
  readonly lineAmount: Numeric;
  readonly lineDiscount?: Numeric | undefined;
  readonly taxPercentage: Numeric;
  /** From midnight to midnight in `zone`. */
  readonly period: Period;
  readonly terminatedAt: Date;
  readonly zone: string;
  /** Whether another plan takes over: the day of the change is the new plan's then, and credited. Otherwise it counts as used. */
  readonly replaced?: boolean | undefined;
  readonly trialEndsAt?: Date | null | undefined;
  /** What earlier credit notes gave back of the line, before tax. */
  readonly credited?: Numeric | undefined;
}

/**
 * The credit for the days that are left: their share of the plan, less what was credited before, and no more than the line.
 * Half a minor unit belongs to the days that were used. Null when nothing is left to give back.
 */
export function terminationCredit(termination: Termination): (CreditAmounts & { item: bigint }) | null {
  const { planAmount, lineAmount, credited = 0 } = termination;
  const { unused } = daysOf(termination);
  const wanted = roundToInteger(timeShare(planAmount, unused).minus(decimal(credited)), "HALF_TOWARDS_ZERO");
  const most = roundToInteger(decimal(lineAmount).minus(decimal(credited)), "FLOOR");
  const item = atLeastZero(lesser(wanted, most));
  const amounts = creditAmounts([itemOf(termination, item)]);
  return amounts.total > 0n ? { ...amounts, item } : null;
}

/** What was paid of the invoice that the line is on, and what the invoice came to. */
export interface PaidInvoice {
  readonly paid: Numeric;
  readonly total: Numeric;
}

/**
 * How much of a termination's credit is money that goes back: the line's share of what was paid, less the part that was used. The
 * rest of it was never paid, or is for later invoices.
 */
export function refundablePart(
  termination: Termination,
  credit: bigint,
  { paid, total }: PaidInvoice,
): { readonly refund: bigint; readonly credit: bigint } {
  if (decimal(total).isZero()) return { refund: 0n, credit };
  const line = creditAmounts([itemOf(termination, termination.lineAmount)]).total;
  const usedAmount = timeShare(termination.planAmount, daysOf(termination).used);
  const used = creditAmounts([itemOf(termination, usedAmount)]).total;
  const refund = lesser(atLeastZero(shareOf(paid, line, total) - used), credit);
  return { refund, credit: credit - refund };
}

function itemOf({ lineAmount, lineDiscount, taxPercentage }: Termination, amount: Numeric): CreditItem {
  return { lineAmount, lineDiscount, taxPercentage, amount };
}

/** The days that were used and those that are left. Days of a trial are neither. */
function daysOf({ period, terminatedAt, zone, replaced = false, trialEndsAt }: Termination): {
  readonly used: ServiceTime;
  readonly unused: ServiceTime;
} {
  const basis = { unit: "DAY", zone } as const;
  const today = startOfDay(terminatedAt, zone);
  const left = replaced ? today : addDays(today, 1, zone);
  const billedFrom = trialEndsAt ? later(trialEndsAt, period.start) : period.start;
  return {
    used: { period, service: { start: billedFrom, end: left }, basis },
    unused: { period, service: { start: later(left, billedFrom), end: period.end }, basis },
  };
}
