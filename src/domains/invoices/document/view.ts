import type { Row } from "../../../db/datamodel.ts";
import { civilDate } from "../../../kit/civil-time.ts";
import { formatMoney, minorDigits } from "../../../kit/currency.ts";
import { decimal, type Numeric } from "../../../kit/decimal.ts";
import { majorUnits } from "../../../kit/money.ts";
import type { InvoiceRow } from "../compose.ts";

/** An invoice as people read it: nothing but texts, in the order of the page. */
export interface InvoiceView {
  readonly title: string;
  /** Said across the page where it is not to be paid as it is. */
  readonly stamp: string | null;
  readonly facts: readonly Entry[];
  readonly seller: readonly string[];
  readonly customer: readonly string[];
  readonly lines: readonly LineView[];
  /** From the sum of the lines to what is due. */
  readonly sums: readonly (Entry & { readonly strong: boolean })[];
  readonly notes: string | null;
  /** What the file is called, without its ending. */
  readonly fileName: string;
}

export interface Entry {
  readonly label: string;
  readonly text: string;
}

export interface LineView {
  readonly description: string;
  readonly period: string | null;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
}

/** All that a document is made of. */
export interface DocumentRows {
  readonly invoice: InvoiceRow;
  readonly lines: readonly Row<"InvoiceLine">[];
  /** The tax of all lines by rate. */
  readonly taxes: readonly TaxSum[];
  /** Customer and seller as the invoice keeps them, or as they are while it is a draft. */
  readonly customer: Party;
  readonly seller: Party;
  /** The zone whose calendar the dates are of. */
  readonly zone: string;
}

export interface TaxSum {
  readonly name: string;
  readonly percentage: Numeric;
  readonly inclusive: boolean;
  readonly amount: bigint;
}

/** Somebody on an invoice: names, a postal address, numbers. What the seller adds of his own is left out. */
export type Party = Readonly<Record<string, unknown>>;

const stamps: Partial<Record<InvoiceRow["status"], string>> = {
  DRAFT: "Draft",
  PENDING_APPROVAL: "Draft",
  REJECTED: "Draft",
  PAID: "Paid",
  VOID: "Void",
  REFUNDED: "Refunded",
};

/** An invoice as people read it. */
export function viewInvoice(rows: DocumentRows): InvoiceView {
  const { invoice, lines, zone } = rows;
  const { currency, number } = invoice;
  const money = (amount: bigint): string => formatMoney(amount, currency);
  const day = (instant: Date): string => civilDate(instant, zone).toString();
  const fact = (label: string, text: string | null): Entry[] => (text === null ? [] : [{ label, text }]);
  return {
    title: number === null ? "Invoice" : `Invoice ${number}`,
    stamp: stamps[invoice.status] ?? null,
    facts: [
      ...fact("Number", number),
      ...fact("Date", invoice.issuedAt && day(invoice.issuedAt)),
      ...fact("Due", invoice.dueAt && day(invoice.dueAt)),
      ...fact("Period", periodText(invoice, day)),
      ...fact("Currency", currency),
    ],
    seller: partyLines(rows.seller),
    customer: partyLines(rows.customer),
    lines: lines.map((line) => ({
      description: line.description,
      period: periodText(line, day),
      quantity: decimal(line.quantity).toFixed(),
      unitPrice: unitPrice(line.unitAmount, currency),
      amount: money(line.amount),
    })),
    sums: sumsOf(rows, money),
    notes: invoice.notes,
    fileName: (number ?? "invoice-draft").replaceAll(/[^\w.-]+/g, "-"),
  };
}

function sumsOf({ invoice, taxes }: DocumentRows, money: (amount: bigint) => string): InvoiceView["sums"] {
  const sum = (label: string, amount: bigint, when = true, strong = false) =>
    when ? [{ label, text: money(amount), strong }] : [];
  const { discount, prepaidCredit, credit, amountPaid, amountAdjusted, amountRefunded, amountDue } = invoice;
  const rated = (inclusive: boolean) =>
    taxes
      .filter((tax) => tax.inclusive === inclusive)
      .flatMap(({ name, percentage, amount }) =>
        sum(`${inclusive ? "Includes " : ""}${name} ${decimal(percentage).toFixed()} %`, amount),
      );
  const onTop = rated(false);
  return [
    ...sum("Subtotal", invoice.subtotal),
    ...sum("Discount", -discount, discount !== 0n),
    ...sum("Prepaid credit", -prepaidCredit, prepaidCredit !== 0n),
    ...(onTop.length ? onTop : sum("Tax", invoice.tax, invoice.tax !== 0n)),
    ...sum("Credit", -credit, credit !== 0n),
    ...sum("Total", invoice.total, true, true),
    ...rated(true),
    ...sum("Credit notes", -amountAdjusted, amountAdjusted !== 0n),
    ...sum("Paid", -amountPaid, amountPaid !== 0n),
    ...sum("Refunded", amountRefunded, amountRefunded !== 0n),
    ...sum("Amount due", amountDue, amountDue !== invoice.total, true),
  ];
}

/** What one unit costs: as money where it is a whole number of minor units, and with all its digits otherwise. */
function unitPrice(unitAmount: Numeric, currency: string): string {
  const exact = decimal(unitAmount);
  if (exact.isInteger()) return formatMoney(BigInt(exact.toFixed()), currency);
  const major = majorUnits(exact, currency);
  return `${major.toFixed(Math.max(major.decimalPlaces(), minorDigits(currency)))} ${currency}`;
}

function periodText(
  { periodStart, periodEnd }: Pick<InvoiceRow, "periodStart" | "periodEnd">,
  day: (instant: Date) => string,
): string | null {
  if (!periodStart || !periodEnd) return null;
  // The end does not belong to the period: its last moment is shown.
  return `${day(periodStart)} to ${day(new Date(periodEnd.getTime() - 1))}`;
}

const names = ["companyName", "name"];

function partyLines(party: Party): string[] {
  const address = { ...party, ...(party["address"] as Party | undefined) };
  const text = (from: Party, key: string): string[] => {
    const value = from[key];
    return typeof value === "string" && value.trim() !== "" ? [value] : [];
  };
  const joined = (keys: readonly string[]): string[] => {
    const line = keys.flatMap((key) => text(address, key)).join(" ");
    return line === "" ? [] : [line];
  };
  return [
    ...names.flatMap((key) => text(party, key)),
    ...["line1", "line2"].flatMap((key) => text(address, key)),
    ...joined(["postalCode", "city", "state", "region"]),
    ...text(address, "country"),
    ...text(party, "taxId").map((taxId) => `Tax id ${taxId}`),
    ...text(party, "email"),
    ...text(party, "phone"),
  ];
}
