import type { Row } from "../../db/datamodel.ts";
import { roundParts } from "../../kit/allocation.ts";
import { type Decimal, decimal, roundTo } from "../../kit/decimal.ts";
import { exactShareOf, lesser, shareOf, total } from "../../kit/money.ts";
import { refuse } from "../../kit/refusal.ts";
import { splitGivenBack } from "../invoices/index.ts";
import { type CreditItem, creditAmounts } from "./estimate.ts";
import type { PlanInput } from "./input.ts";
import { type InvoiceMoney, maxCreditable } from "./limit.ts";

/** A line of an invoice, with what notes that are not void have taken back of its amount. */
export type CreditableLine = Row<"InvoiceLine"> & { readonly credited: bigint };

/** A line of a note that is to be. `quantity` times `unitAmount` is what it takes back of the invoice line. */
export interface PlannedLine {
  readonly invoiceLineId: string | null;
  readonly description: string;
  readonly quantity: Decimal;
  readonly unitAmount: Decimal;
  /** Without its share of discounts and without tax. */
  readonly amount: bigint;
}

/** A note that is to be. */
export interface CreditNotePlan {
  /** With tax. */
  readonly amount: bigint;
  readonly taxAmount: bigint;
  readonly lines: readonly PlannedLine[];
  readonly money: InvoiceMoney;
  readonly maxCreditable: bigint;
  readonly exceedsMaxCreditable: boolean;
}

type InvoiceRow = Row<"Invoice">;

/**
 * What has happened to the money of an invoice. `givenBack` is what other invoices gave back of it: the balance's part of what was paid
 * first, then the money.
 */
export function moneyOf(
  {
    total: whole,
    amountPaid,
    amountCredited,
    amountRefunded,
    credit,
  }: {
    readonly [F in "total" | "amountPaid" | "amountCredited" | "amountRefunded" | "credit"]: bigint;
  },
  givenBack: bigint,
): InvoiceMoney {
  const gone = amountCredited + amountRefunded + splitGivenBack({ credit }, givenBack).ofPayments;
  return { total: whole, paid: amountPaid, credited: lesser(gone, amountPaid) };
}

/** What a note comes to. Lines that the input names are in `known`, by their ids. */
export function planCreditNote(
  input: PlanInput,
  invoice: InvoiceRow,
  known: ReadonlyMap<string, CreditableLine>,
  givenBack: bigint,
): CreditNotePlan {
  const amounts = input.lines ? byLines(input, known) : byAmount(input, invoice);
  if (amounts.amount === 0n) {
    refuse("INVALID", "That comes to nothing.", [input.lines ? "lines" : "proration"]);
  }
  const money = moneyOf(invoice, givenBack);
  const most = maxCreditable("REFUND", money);
  return { ...amounts, money, maxCreditable: most, exceedsMaxCreditable: amounts.amount > most };
}

type Amounts = Pick<CreditNotePlan, "amount" | "taxAmount" | "lines">;

/** A note without lines of the invoice has one of its own. Without an amount it is the unused days' share of the invoice. */
function byAmount(
  { amount: sent, taxAmount: sentTax, proration, reason }: PlanInput,
  invoice: InvoiceRow,
): Amounts {
  const amount = sent ?? (proration ? shareOf(invoice.total, proration.daysUnused, proration.daysTotal) : 0n);
  const contained = invoice.tax + invoice.taxIncluded;
  // What the balance paid contains its part of the tax, too.
  const whole = invoice.total + invoice.credit;
  const share = whole === 0n ? 0n : shareOf(contained, amount, whole);
  const taxAmount = sentTax ?? lesser(share > 0n ? share : 0n, amount);
  const net = amount - taxAmount;
  const description = reason ?? `Credit for invoice ${invoice.number ?? invoice.id}`;
  const line = {
    invoiceLineId: null,
    description,
    quantity: decimal(1),
    unitAmount: decimal(net),
    amount: net,
  };
  return { amount, taxAmount, lines: [line] };
}

interface Part {
  readonly line: CreditableLine;
  readonly quantity: Decimal;
  readonly unitAmount: Decimal;
  /** What is taken back of the line's amount, before discount and tax. */
  readonly item: bigint;
}

/** Each line is taken back with its own share of discount, used credit and tax, so that all of it is exactly what it cost. */
function byLines(input: PlanInput, known: ReadonlyMap<string, CreditableLine>): Amounts {
  const seen = new Set<string>();
  const parts = (input.lines ?? []).map((sent, index) => {
    const path = ["lines", String(index)];
    const line = known.get(sent.line.toLowerCase());
    if (!line) return refuse("NOT_FOUND", "The invoice has no such line.", [...path, "line"]);
    if (seen.has(line.id)) refuse("CONFLICT", "The line stands here twice.", [...path, "line"]);
    seen.add(line.id);
    return partOf(line, sent, input.proration, path);
  });
  // Differences of rounded running sums: so all notes of a line add up to it, in however many parts.
  const before = costOf(parts.map(({ line }) => ({ line, item: line.credited })));
  const after = costOf(parts.map(({ line, item }) => ({ line, item: line.credited + item })));
  const amount = after.amount - before.amount;
  const nets = parts.map((_, index) => (after.nets[index] ?? 0n) - (before.nets[index] ?? 0n));
  const lines = parts.map(({ line, quantity, unitAmount }, index) => ({
    invoiceLineId: line.id,
    description: line.description,
    quantity,
    unitAmount,
    amount: nets[index] ?? 0n,
  }));
  return { amount, taxAmount: amount - total(nets), lines };
}

/** What parts of lines come to: with tax in all, and each before tax. */
function costOf(parts: readonly Pick<Part, "line" | "item">[]): {
  readonly amount: bigint;
  readonly nets: readonly bigint[];
} {
  const items = parts.map(({ line, item }): CreditItem => {
    const net = netOf(line);
    return {
      lineAmount: line.amount,
      lineDiscount: decimal(line.amount).minus(payable(line, net)),
      taxPercentage: net === 0n ? 0 : decimal(line.tax).div(decimal(net)).times(100),
      amount: item,
    };
  });
  const shares = parts.map(({ line, item }) =>
    exactShareOf(payable(line, netOf(line) - line.taxIncluded), item, line.amount),
  );
  return { amount: creditAmounts(items).total, nets: roundParts(shares) };
}

/** The share of `part` of a line that was to be paid: credit that was used comes off all that a line costs, its tax among it. */
function payable(line: CreditableLine, part: bigint): Decimal {
  const { tax, credit } = line;
  const cost = netOf(line) + tax;
  return cost === 0n ? decimal(part) : exactShareOf(part, cost - credit, cost);
}

/** What a line costs before tax: what discounts took off and what wallets paid is not given back as money. */
function netOf({ amount, discount, prepaidCredit }: CreditableLine): bigint {
  return amount - discount - prepaidCredit;
}

type SentLine = NonNullable<PlanInput["lines"]>[number];

function partOf(
  line: CreditableLine,
  { quantity, amount }: SentLine,
  proration: PlanInput["proration"],
  path: readonly string[],
): Part {
  const left = line.amount - line.credited;
  if (line.amount <= 0n) {
    refuse("INVALID", "The line takes nothing from the customer, so nothing can be given back of it.", [
      ...path,
      "line",
    ]);
  }
  const part = quantity == null ? wholly(line, amount, left, proration) : byQuantity(line, decimal(quantity));
  if (part.item > left || part.item === 0n) {
    const field = quantity == null ? (amount == null ? "line" : "amount") : "quantity";
    const message = `Only ${left} of the line is left to be credited, and ${part.item} would be.`;
    refuse("LIMIT_EXCEEDED", message, [...path, field], { limit: line.amount, used: line.credited });
  }
  return part;
}

function wholly(
  line: CreditableLine,
  amount: bigint | null | undefined,
  left: bigint,
  proration: PlanInput["proration"],
): Part {
  const item = amount ?? (proration ? shareOf(line.amount, proration.daysUnused, proration.daysTotal) : left);
  return { line, quantity: decimal(1), unitAmount: decimal(item), item };
}

/** A part of the units costs its share of the line, whatever tiers the price has. */
function byQuantity(line: CreditableLine, quantity: Decimal): Part {
  const all = decimal(line.quantity);
  if (all.isZero()) return { line, quantity, unitAmount: decimal(line.amount), item: line.amount };
  const item = shareOf(line.amount, quantity, all);
  return { line, quantity, unitAmount: roundTo(decimal(line.amount).div(all), 12), item };
}
