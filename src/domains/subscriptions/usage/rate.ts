import { Prisma } from "../../../db/generated/prisma/client.ts";
import { Decimal, decimal, roundTo, roundToInteger } from "../../../kit/decimal.ts";
import { mostPrice } from "../../../kit/limits.ts";
import { atLeastZero } from "../../../kit/money.ts";
import type { Period } from "../../../kit/period.ts";
import { refuse } from "../../../kit/refusal.ts";
import { type BreakdownPart, priceUsage, termsOf } from "../../catalog/index.ts";
import type { InvoiceLineDraft } from "../../invoices/index.ts";
import type { ChargeState } from "./charge.ts";
import type { Measured } from "./figures.ts";

/** What a charge comes to, by what was measured. */
export interface RatedCharge {
  readonly charge: ChargeState;
  readonly quantity: Decimal;
  readonly amount: bigint;
  readonly breakdown: readonly BreakdownPart[] | null;
}

/** What of a charge stands on invoices that are owed or paid: before, and after, discounts and credit notes. */
export interface OnInvoices {
  readonly gross: bigint;
  readonly net: bigint;
}

/**
 * Prices what was measured. Every amount of usage, billed or estimated, is made here. What is beyond the limit is a mistake of whoever
 * sent it, which somebody has to look at: it is refused, and an `estimate` tells the limit.
 */
export function rateCharge(
  charge: ChargeState,
  { quantity, before, shared }: Measured,
  { estimate = false }: { readonly estimate?: boolean | undefined } = {},
): RatedCharge {
  const { price, minimum } = charge;
  const share = shared ? charge.share : 1;
  const { amount, breakdown } = priceUsage({ terms: termsOf(price), quantity, before, share, minimum });
  if (amount > mostAmount) {
    if (estimate) return { charge, quantity, amount: mostAmount, breakdown: null };
    refuse("INVALID", beyond(charge, amount), ["subscriptionId"]);
  }
  const plain = breakdown.length < 2 && price.billingScheme === "PER_UNIT";
  return { charge, quantity, amount, breakdown: plain ? null : breakdown };
}

const mostAmount = BigInt(mostPrice);

function beyond({ description, productName, subscriptionItemId }: ChargeState, amount: bigint): string {
  const what = `The usage of ${description ?? productName} (item ${subscriptionItemId})`;
  return `${what} comes to ${amount}, which is more than can be billed: void what was sent by mistake.`;
}

export function periodOfCharge({ startsAt: start, endsAt: end }: ChargeState): Period {
  return { start, end };
}

/** The line that bills a charge for the first time; null where nothing was used, and the price shows no such line. */
export function usageLine({ charge, quantity, amount, breakdown }: RatedCharge): InvoiceLineDraft | null {
  if (amount === 0n && quantity.isZero() && !charge.price.billZeroUsage) return null;
  return { ...lineOf(charge, quantity, amount), kind: "USAGE", breakdown };
}

/**
 * The line that bills what a charge comes to beyond what was billed of it; null where that is nothing. What is given back is
 * never more than what stands on invoices, and in proportion to it, unless discounts are taken off this invoice as well.
 */
export function correctionLine(
  { charge, quantity, amount }: RatedCharge,
  { gross, net }: OnInvoices,
  { running, discounted }: { readonly running: boolean; readonly discounted: boolean },
): InvoiceLineDraft | null {
  const more = amount - (charge.amount ?? 0n);
  const difference =
    more >= 0n ? more : -creditOf(-more, discounted ? { gross, net: gross } : { gross, net });
  if (difference === 0n) return null;
  const units = quantity.minus(decimal(charge.quantity ?? 0));
  const line = lineOf(charge, units, difference);
  if (running) return { ...line, kind: "USAGE" };
  const title =
    difference > 0n ? "Usage of an earlier period, billed late" : "Usage of an earlier period, given back";
  return { ...line, kind: "ADJUSTMENT", description: `${title}: ${line.description}` };
}

function creditOf(wanted: bigint, { gross, net }: OnInvoices): bigint {
  if (gross <= 0n || net <= 0n) return 0n;
  const share = decimal(wanted).times(decimal(net)).div(decimal(gross));
  const credit = roundToInteger(Decimal.min(share, decimal(net)), "HALF_TOWARDS_ZERO");
  return atLeastZero(credit);
}

function lineOf(charge: ChargeState, quantity: Decimal, amount: bigint): Omit<InvoiceLineDraft, "kind"> {
  const { price, description, productName, subscriptionItemId } = charge;
  // Lines count units, and their amounts say which way.
  const units = quantity.abs();
  return {
    description: description ?? productName,
    quantity: units,
    unitAmount: roundTo(units.isZero() ? decimal(amount) : decimal(amount).div(units), 12),
    amount,
    productId: price.productId,
    priceId: price.id,
    subscriptionItemId,
    usageChargeId: charge.id,
    period: periodOfCharge(charge),
  };
}

/** A charge once it is billed. */
export function billedCharge(
  { charge, quantity, amount }: RatedCharge,
  settled: boolean,
  now: Date,
): ChargeState {
  return {
    ...charge,
    quantity: new Prisma.Decimal(quantity.toFixed()),
    amount,
    billedAt: charge.billedAt ?? now,
    settled,
    updatedAt: now,
  };
}
