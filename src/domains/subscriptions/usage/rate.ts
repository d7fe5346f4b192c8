import { stored } from "../../../db/decimals.ts";
import { Decimal, decimal, roundTo, roundToInteger, sum } from "../../../kit/decimal.ts";
import { mostPrice } from "../../../kit/limits.ts";
import { exactShareOf, total } from "../../../kit/money.ts";
import type { Period } from "../../../kit/period.ts";
import { refuse } from "../../../kit/refusal.ts";
import { type BreakdownPart, priceUsage, termsOf } from "../../catalog/index.ts";
import {
  type GiveBack,
  type InvoiceLineDraft,
  type LedgerLine,
  giveBackAmount,
  giveBackLine,
  leftOf,
  netOf,
} from "../../invoices/index.ts";
import type { ChargeState } from "./charge.ts";
import type { Measured } from "./figures.ts";

/** What a charge comes to, by what was measured. */
export interface RatedCharge {
  readonly charge: ChargeState;
  readonly quantity: Decimal;
  readonly amount: bigint;
  readonly breakdown: readonly BreakdownPart[] | null;
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

/** What bills what a charge comes to beyond what was billed of it, or gives back what was billed beyond that. */
export interface Correction {
  /** The line that bills more; null where nothing more is billed. */
  readonly line: InvoiceLineDraft | null;
  readonly giveBacks: readonly GiveBack[];
}

/**
 * Corrects a charge that was billed before. What is given back is never more than what its lines have billed that is owed or paid, and
 * in proportion to it: what discounts took off was never billed.
 */
export function correct(
  { charge, quantity, amount }: RatedCharge,
  billed: readonly LedgerLine[],
  { running, isFree }: { readonly running: boolean; readonly isFree: boolean },
): Correction {
  const more = amount - (charge.amount ?? 0n);
  if (more < 0n) return { line: null, giveBacks: giveBackOf(-more, billed, periodOfCharge(charge)) };
  if (more === 0n || isFree) return { line: null, giveBacks: [] };
  const line = lineOf(charge, quantity.minus(decimal(charge.quantity ?? 0)), more);
  if (running) return { line: { ...line, kind: "USAGE" }, giveBacks: [] };
  const description = `Usage of an earlier period, billed late: ${line.description}`;
  return { line: { ...line, kind: "ADJUSTMENT", description }, giveBacks: [] };
}

function giveBackOf(wanted: bigint, billed: readonly LedgerLine[], period: Period): GiveBack[] {
  const left = total(billed.map(leftOf));
  if (left <= 0n) return [];
  const gross = sum(
    billed.map((line) => (netOf(line) === 0n ? 0n : exactShareOf(line.amount, leftOf(line), netOf(line)))),
  );
  const share = Decimal.min(exactShareOf(wanted, left, gross), decimal(left));
  return giveBackAmount(billed, roundToInteger(share, "HALF_TOWARDS_ZERO"), period);
}

/** The line that gives back a part of a charge. */
export function usageBackLine(
  part: GiveBack,
  { charge, quantity }: RatedCharge,
  { running }: { readonly running: boolean },
): InvoiceLineDraft {
  const units = quantity.minus(decimal(charge.quantity ?? 0)).abs();
  const { description } = lineOf(charge, units, 0n);
  return giveBackLine(part, {
    kind: "ADJUSTMENT",
    description: running ? description : `Usage of an earlier period, given back: ${description}`,
    quantity: units,
  });
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
    quantity: stored(quantity),
    amount,
    billedAt: charge.billedAt ?? now,
    settled,
    updatedAt: now,
  };
}
