import { type Decimal, Decimal as Decimals, decimal, roundToInteger } from "../../../kit/decimal.ts";
import { lesser, total } from "../../../kit/money.ts";
import type { Period } from "../../../kit/period.ts";
import type { TimeBasis } from "../../../kit/time-share.ts";
import { type LineTax, sumOfTaxes } from "../../catalog/index.ts";
import type { InvoiceLineDraft } from "../draft.ts";
import { type LedgerLine, leftOf, liveIn, netOf, waivedPart } from "./fold.ts";

/** A part of a line that is given back: what it comes to, and how. Amounts are positive. */
export interface GiveBack {
  readonly line: LedgerLine;
  /** The time that it is given back for. */
  readonly period: Period;
  /** Before tax, after the line's discount. */
  readonly net: bigint;
  /** What of it goes to the wallets that had paid it. */
  readonly prepaid: bigint;
  /** The line's own taxes. */
  readonly taxes: readonly LineTax[];
}

/** What is given back without a new invoice: it lowers amounts due, or goes on the drafts that it gives back. */
export interface Postings {
  readonly adjustments: readonly GiveBack[];
  readonly onDrafts: readonly { readonly invoiceId: string; readonly line: InvoiceLineDraft }[];
}

/** What is given back as money, with the taxes on top. */
export function moneyOf({ net, prepaid, taxes }: Pick<GiveBack, "net" | "prepaid" | "taxes">): bigint {
  return net - prepaid + sumOfTaxes(taxes, false);
}

/**
 * Gives back what `lines` have billed for `span`, as far as it is owed or paid: the share of each. Rounded once for all of them, half
 * of a minor unit stays billed, and never more than is left of a line.
 */
export function giveBackTime(lines: readonly LedgerLine[], span: Period, basis: TimeBasis): GiveBack[] {
  let exact = new Decimals(0);
  let rounded = 0n;
  return lines.flatMap((line) => {
    exact = exact.plus(liveIn(line, span, basis));
    const wanted = roundToInteger(exact, "HALF_TOWARDS_ZERO") - rounded;
    const net = lesser(wanted, leftOf(line));
    rounded += net;
    return net > 0n ? [partOf(line, net, span)] : [];
  });
}

/** Gives back `wanted` of what `lines` have billed, the latest first: as much as is left of them. */
export function giveBackAmount(lines: readonly LedgerLine[], wanted: bigint, period: Period): GiveBack[] {
  let missing = wanted;
  return lines.toReversed().flatMap((line) => {
    const net = lesser(missing, leftOf(line));
    if (net <= 0n) return [];
    missing -= net;
    return [partOf(line, net, period)];
  });
}

/**
 * A part of a line with its share of what wallets paid and of each tax. They are differences of rounded running shares, so that
 * all parts of a line add up to the line.
 */
function partOf(line: LedgerLine, net: bigint, period: Period): GiveBack {
  const whole = decimal(netOf(line));
  const gone = decimal(line.noted + total(line.givenBack.map((one) => one.net)))
    .plus(whole.times(waivedPart(line.invoice)))
    .div(whole);
  const then = Decimals.min(gone.plus(decimal(net).div(whole)), 1);
  const between = (amount: bigint) => roundedPart(amount, then) - roundedPart(amount, gone);
  return {
    line,
    period,
    net,
    prepaid: between(line.prepaid),
    taxes: line.taxes.map((tax) => ({ ...tax, taxable: between(tax.taxable), amount: between(tax.amount) })),
  };
}

function roundedPart(amount: bigint, part: Decimal): bigint {
  return roundToInteger(decimal(amount).times(part));
}

/** What becomes of parts that are given back. */
export interface RoutedGiveBacks {
  /** Lowers what is still due of invoices that were not paid. */
  readonly adjustments: readonly GiveBack[];
  /** Goes on the drafts that the lines are on. */
  readonly onDrafts: readonly GiveBack[];
  /** Waits as the lines do that it gives back, which are on no invoice yet. */
  readonly waiting: readonly GiveBack[];
  /** Goes on an invoice as lines: what comes to less than zero there goes to the customer's balance. */
  readonly onInvoice: readonly GiveBack[];
}

const drafts: ReadonlySet<string> = new Set(["DRAFT", "PENDING_APPROVAL", "REJECTED"]);

/**
 * Says where each part goes: what was not paid is not owed any more, and only what was paid comes back as money, or to wallets. A part
 * of an invoice of which some is paid takes what is due of it first.
 */
export function routeGiveBacks(parts: readonly GiveBack[]): RoutedGiveBacks {
  const due = new Map(parts.map(({ line }) => [line.invoice?.id, line.invoice?.amountDue ?? 0n]));
  const routed = {
    adjustments: [] as GiveBack[],
    onDrafts: [] as GiveBack[],
    waiting: [] as GiveBack[],
    onInvoice: [] as GiveBack[],
  };
  for (const part of parts) {
    const { invoice } = part.line;
    if (!invoice) routed.waiting.push(part);
    else if (drafts.has(invoice.status)) routed.onDrafts.push(part);
    else {
      const open = invoice.status === "UNCOLLECTIBLE" ? 0n : (due.get(invoice.id) ?? 0n);
      const [unpaid, paid] = split(part, open);
      if (unpaid) {
        routed.adjustments.push(unpaid);
        due.set(invoice.id, open - moneyOf(unpaid));
      }
      if (paid) routed.onInvoice.push(paid);
    }
  }
  return routed;
}

/** Splits a part into one whose money is at most `most`, and the rest of it. What wallets paid was paid. */
function split(part: GiveBack, most: bigint): [GiveBack | null, GiveBack | null] {
  const money = moneyOf(part);
  if (most <= 0n || money <= 0n) return [null, part];
  const share = decimal(lesser(most, money)).div(decimal(money));
  const cut = (amount: bigint) => roundToInteger(decimal(amount).times(share), "FLOOR");
  const taxes = part.taxes.map((tax) => ({ ...tax, taxable: cut(tax.taxable), amount: cut(tax.amount) }));
  const unpaid: GiveBack = { ...part, net: cut(part.net - part.prepaid), prepaid: 0n, taxes };
  const short = lesser(most, money) - moneyOf(unpaid);
  const first: GiveBack = { ...unpaid, net: unpaid.net + short };
  const rest: GiveBack = {
    ...part,
    net: part.net - first.net,
    prepaid: part.prepaid,
    taxes: part.taxes.map((tax, index) => ({
      ...tax,
      taxable: tax.taxable - (taxes[index]?.taxable ?? 0n),
      amount: tax.amount - (taxes[index]?.amount ?? 0n),
    })),
  };
  return [first, rest.net > 0n ? rest : null];
}
