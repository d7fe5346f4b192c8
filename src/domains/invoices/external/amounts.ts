import { decimal } from "../../../kit/decimal.ts";
import { isBillable } from "../../../kit/limits.ts";
import { total } from "../../../kit/money.ts";
import type { Fault } from "../../../kit/refusal.ts";
import { lineAmount } from "../../catalog/index.ts";
import type { KnownLineDraft } from "../compose.ts";
import type { StoredContents } from "../contents.ts";
import type { InvoiceLineDraft } from "../draft.ts";
import type { ExternalInvoice, ExternalLine } from "./record.ts";

/** What a record says of money. */
export interface ExternalAmounts {
  readonly contents: StoredContents;
  readonly warnings: readonly string[];
}

/** The amounts of an invoice as it is stored. */
export interface StoredAmounts {
  readonly contents: StoredContents;
  readonly subtotal: bigint;
  readonly discount: bigint;
  readonly tax: bigint;
}

/** Whether a record says anything of money. */
export function tellsAmounts({ lines, subtotal, discount, tax, total: whole }: ExternalInvoice): boolean {
  return [lines, subtotal, discount, tax, whole].some((value) => value != null);
}

/**
 * What an invoice has on it after a record. Its total is what the other system says, and the sum of its parts where it does not: a
 * line makes up for lines that were not sent, or that do not add up to it.
 */
export function amountsOf(
  record: ExternalInvoice,
  stored: StoredAmounts | null,
  productIds: ReadonlyMap<ExternalLine, string>,
): ExternalAmounts | { readonly faults: readonly Fault[] } {
  const { path, source } = record;
  const fault = (field: string, message: string, code: Fault["code"] = "INVALID") => ({
    faults: [{ code, message, path: [...path, ...field.split(".")] }],
  });
  const warnings: string[] = [];
  const beyond = record.lines?.findIndex((line) => !isBillable(amountOf(line))) ?? -1;
  if (beyond >= 0) return fault(`lines.${beyond}.unitAmount`, "The line comes to more than can be billed.");
  const discount = record.discount ?? stored?.discount ?? 0n;
  const tax = record.tax ?? stored?.tax ?? 0n;
  const lines: KnownLineDraft[] =
    record.lines?.map((line) => lineOf(line, productIds.get(line))) ??
    stored?.contents.lines.filter(({ kind }) => kind === "ITEM") ??
    [];
  let subtotal = total(lines.map(({ amount }) => amount));
  if (!lines.length) {
    const whole = record.total == null ? stored?.subtotal : record.total + discount - tax;
    const base = record.subtotal ?? whole;
    if (base === undefined) {
      return fault("total", "A new invoice needs a total, a subtotal or lines.", "REQUIRED");
    }
    lines.push(lineOver(base, `As billed by ${source}`));
    subtotal = base;
  } else if (record.subtotal != null && record.subtotal !== subtotal) {
    warnings.push(`subtotal was not applied: the lines come to ${subtotal}.`);
  }
  const computed = subtotal - discount + tax;
  const difference = (record.total ?? computed) - computed;
  if (difference !== 0n) {
    warnings.push(`total is ${record.total}, and the rest comes to ${computed}: a line makes up for it.`);
    lines.push(lineOver(difference, `Difference to the total of ${source}`));
  }
  if (discount > 0n && discount > subtotal + difference) {
    return fault("discount", "The discount is more than what it is taken off.");
  }
  if (computed + difference < 0n) return fault("lines", "An invoice does not come to less than nothing.");
  return { contents: { lines, discounts: discountsOf(discount), taxRates: [], fixedTax: tax }, warnings };
}

function lineOf(sent: ExternalLine, productId: string | undefined): InvoiceLineDraft {
  const { description, unitAmount, period } = sent;
  const units = sent.quantity ?? "1";
  return {
    kind: "ITEM",
    description,
    quantity: units,
    unitAmount,
    amount: amountOf(sent),
    productId: productId ?? null,
    period: period ?? null,
  };
}

function amountOf({ quantity, unitAmount }: ExternalLine): bigint {
  return lineAmount(quantity ?? "1", unitAmount);
}

function lineOver(amount: bigint, description: string): InvoiceLineDraft {
  return { kind: "ADJUSTMENT", description, quantity: 1n, unitAmount: amount, amount };
}

function discountsOf(value: bigint): StoredContents["discounts"] {
  if (value === 0n) return [];
  const scope = "ENTIRE_ORDER";
  return [
    { redemptionId: null, description: "Discount", type: "FIXED_AMOUNT", value, scope, productIds: [] },
  ];
}

/** Whether two contents come to the same, line by line. */
export function isSameContents(one: StoredContents, other: StoredContents): boolean {
  const text = ({ lines, discounts, fixedTax }: StoredContents) =>
    JSON.stringify([
      lines.map((line) => [
        line.kind,
        line.description,
        decimal(line.quantity).toFixed(),
        decimal(line.unitAmount).toFixed(),
        String(line.amount),
        line.productId ?? null,
        line.period?.start.getTime() ?? null,
        line.period?.end.getTime() ?? null,
      ]),
      discounts.map(({ value }) => decimal(value).toFixed()),
      String(fixedTax ?? 0n),
    ]);
  return text(one) === text(other);
}
