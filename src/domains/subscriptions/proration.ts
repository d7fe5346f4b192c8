import { Decimal, type Numeric, decimal, roundToInteger } from "../../kit/decimal.ts";
import { exactShareOf } from "../../kit/money.ts";
import { type Period, daysIn, remainderOf } from "../../kit/period.ts";
import { type ServiceTime, type TimeBasis, timeShare } from "../../kit/time-share.ts";

/** A moment of a period at which what is billed changes. */
export interface Change {
  readonly period: Period;
  readonly at: Date;
  /** Exact time, unless said otherwise. */
  readonly basis?: TimeBasis | undefined;
}

/** What an amount for all of a period comes to for a part of it, in whole minor units. */
export function prorate(amount: Numeric, time: ServiceTime): bigint {
  return roundToInteger(timeShare(amount, time));
}

/** What an amount for `periodDays` days comes to for those of `service`, which need not be of one period. Not rounded. */
export function prorateDays(
  amount: Numeric,
  {
    service,
    periodDays,
    zone,
  }: {
    readonly service: Period | null;
    readonly periodDays: number;
    readonly zone: string;
  },
): Decimal {
  return service ? exactShareOf(amount, daysIn(service, zone), periodDays) : decimal(0);
}

/** What `amount`, which is for all of the period, comes to from the change on. */
export function chargeFrom(amount: Numeric, { period, at, basis }: Change): bigint {
  return prorate(amount, { period, service: remainderOf(period, at), basis });
}

/**
 * What is given back of `amount`, which was charged for all of the period, for the time from the change on: not negative, and
 * no more than is still `creditable`, which is what was charged less what was credited before. Half a minor unit belongs to the part
 * that was used, so that both together never exceed the amount.
 */
export function creditFrom(
  amount: Numeric,
  { period, at, basis }: Change,
  creditable: Numeric = amount,
): bigint {
  const unused = timeShare(amount, { period, service: remainderOf(period, at), basis });
  const rounded = roundToInteger(unused, "HALF_TOWARDS_ZERO");
  return roundToInteger(capCredit(rounded, creditable, 0), "FLOOR");
}

/** As much of a `wanted` credit as what was charged, less earlier credits, still allows; 0 when it does not. Not rounded. */
export function capCredit(wanted: Numeric, charged: Numeric, credited: Numeric): Decimal {
  const left = decimal(charged).minus(decimal(credited));
  return Decimal.max(Decimal.min(decimal(wanted), left), 0);
}

/** Two lines of an invoice, and what they come to. */
export interface ProratedChange {
  /** 0 or negative. */
  readonly credit: bigint;
  readonly charge: bigint;
  readonly net: bigint;
}

/**
 * A change of plan, price or quantity within a period: the old amount's credit and the new amount's charge, each for all of
 * the period and each rounded for itself. Without an old or a new one something is added or removed.
 */
export function prorateChange(
  change: Change & {
    readonly before?:
      | { readonly amount: Numeric; readonly creditable?: Numeric | undefined }
      | null
      | undefined;
    readonly after?: { readonly amount: Numeric } | null | undefined;
  },
): ProratedChange {
  const { before, after } = change;
  const credit = before ? -creditFrom(before.amount, change, before.creditable) : 0n;
  const charge = after ? chargeFrom(after.amount, change) : 0n;
  return { credit, charge, net: credit + charge };
}

/** Whether changes of a price within a period are prorated: those that recur in advance, unless proration is switched off. */
export function isProrated(price: {
  readonly recurring: boolean;
  readonly metered: boolean;
  readonly mode: "IMMEDIATE" | "NEXT_INVOICE" | "NONE";
}): boolean {
  return price.recurring && !price.metered && price.mode !== "NONE";
}
