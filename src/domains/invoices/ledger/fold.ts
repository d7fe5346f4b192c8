import { Decimal, decimal, roundToInteger } from "../../../kit/decimal.ts";
import { atLeastZero, total } from "../../../kit/money.ts";
import type { Period } from "../../../kit/period.ts";
import { type TimeBasis, timeShare } from "../../../kit/time-share.ts";
import type { LineTax } from "../../catalog/index.ts";
import type { InvoiceState } from "../status.ts";

/** What of an invoice says how much of its lines is owed or paid. Minor units. */
export interface LedgerInvoice {
  readonly id: string;
  readonly status: InvoiceState;
  readonly version: number;
  readonly total: bigint;
  /** What the customer's balance has paid. */
  readonly credit: bigint;
  readonly amountDue: bigint;
  readonly amountRefunded: bigint;
  /** What credit notes have taken back that name no lines. */
  readonly notedWhole: bigint;
  /** What its lines below zero have paid of its other lines: they gave back what others had billed. */
  readonly paidByLines: bigint;
}

/** A part of a line that was given back by another line, or is to be by one that waits. Amounts are positive. */
export interface GivenBack {
  readonly net: bigint;
  readonly period: Period | null;
}

/**
 * A line that has billed something, with all that was posted against it: what its invoice came to, credit notes, and the lines
 * that gave it back. What was billed, paid and can still be given back are folds of it.
 */
export interface LedgerLine {
  readonly id: string;
  /** Null for a line that waits for the next invoice. */
  readonly invoice: LedgerInvoice | null;
  readonly subscriptionId: string;
  readonly itemId: string;
  readonly usageChargeId: string | null;
  readonly description: string;
  readonly productId: string | null;
  readonly priceId: string | null;
  readonly period: Period;
  readonly amount: bigint;
  readonly discount: bigint;
  readonly prepaid: bigint;
  readonly taxes: readonly LineTax[];
  /** What credit notes took back of it, after its discount and before tax. */
  readonly noted: bigint;
  readonly givenBack: readonly GivenBack[];
}

/** What a line has billed before tax, after its discount. */
export function netOf({ amount, discount }: Pick<LedgerLine, "amount" | "discount">): bigint {
  return amount - discount;
}

/**
 * The part of what an invoice charges that nobody owes and nobody has paid: all of one that is void. Of one that is refunded it is all but
 * what its own lines have paid by giving back.
 */
export function waivedPart(invoice: LedgerInvoice | null): Decimal {
  if (!invoice) return new Decimal(0);
  const { status, total: sum, credit, amountRefunded, notedWhole, amountDue, paidByLines } = invoice;
  if (status === "VOID") return new Decimal(1);
  const money = sum + credit;
  const whole = money + paidByLines;
  if (whole <= 0n) return new Decimal(0);
  const gone = amountRefunded + notedWhole + (status === "UNCOLLECTIBLE" ? amountDue : 0n);
  const waived = status === "REFUNDED" ? money : gone;
  return Decimal.min(decimal(waived).div(decimal(whole)), 1);
}

/** What of a line can still be given back, in whole minor units: what is owed or paid, less what was given back of it. */
export function leftOf(line: LedgerLine): bigint {
  const kept = decimal(netOf(line)).times(decimal(1).minus(waivedPart(line.invoice)));
  return atLeastZero(
    roundToInteger(kept, "FLOOR") - line.noted - total(line.givenBack.map(({ net }) => net)),
  );
}

/** The share of a line's time that lies in `span`. */
export function shareIn(line: Pick<LedgerLine, "period">, span: Period, basis: TimeBasis): Decimal {
  return timeShare(1, { period: line.period, service: span, basis });
}

/** What a line has billed for `span` that is owed or paid and was not given back. Not rounded, not below zero. */
export function liveIn(line: LedgerLine, span: Period, basis: TimeBasis): Decimal {
  const share = shareIn(line, span, basis);
  const kept = decimal(netOf(line))
    .times(decimal(1).minus(waivedPart(line.invoice)))
    .minus(decimal(line.noted))
    .times(share);
  const back = line.givenBack.reduce(
    (sum, { net, period }) =>
      sum.plus(timeShare(net, { period: period ?? line.period, service: span, basis })),
    new Decimal(0),
  );
  return Decimal.max(kept.minus(back), 0);
}

/** What a line has billed for `span` that nobody has to pay: its amount before its discount, and the discount. Not rounded. */
export function waivedIn(
  line: LedgerLine,
  span: Period,
  basis: TimeBasis,
): { readonly amount: Decimal; readonly discount: Decimal } {
  const share = shareIn(line, span, basis);
  const part = waivedPart(line.invoice);
  const net = netOf(line);
  const noted = net === 0n ? new Decimal(0) : decimal(line.noted).div(decimal(net));
  const waived = Decimal.min(part.plus(noted), 1).times(share);
  return {
    amount: decimal(line.amount).times(waived),
    discount: decimal(line.discount).times(waived),
  };
}
