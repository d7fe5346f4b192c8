import type { Row } from "../../db/datamodel.ts";
import { stored } from "../../db/decimals.ts";
import { newId } from "../../kit/ids.ts";
import { isBillable } from "../../kit/limits.ts";
import { atLeastZero, total } from "../../kit/money.ts";
import { refuse } from "../../kit/refusal.ts";
import type { Purse } from "../credits/index.ts";
import type { DiscountDraft, InvoiceLineDraft, TaxRateDraft } from "./draft.ts";
import { storedSettled } from "./ledger/settled.ts";
import { type InvoiceTotals, invoiceTotals } from "./totals.ts";

export type InvoiceRow = Row<"Invoice">;

/** A line that may be stored already: then it keeps its id. */
export interface KnownLineDraft extends InvoiceLineDraft {
  readonly id?: string | undefined;
  readonly createdAt?: Date | undefined;
}

/** All that makes up an invoice, as rows. */
export interface InvoiceParts {
  readonly invoice: InvoiceRow;
  readonly lines: readonly Row<"InvoiceLine">[];
  readonly taxes: readonly Row<"InvoiceLineTax">[];
  readonly discounts: readonly Row<"InvoiceDiscount">[];
  /** What each wallet pays of it, in minor units. */
  readonly debits: ReadonlyMap<string, bigint>;
}

export interface Contents {
  readonly lines: readonly KnownLineDraft[];
  readonly discounts: readonly DiscountDraft[];
  /** For lines that have no rates of their own. */
  readonly taxRates: readonly TaxRateDraft[];
  readonly creditAvailable: bigint;
  /** Wallets that may pay, in their order; none unless said. */
  readonly purses?: readonly Purse[] | undefined;
  /** A tax that was given as an amount: no rates count. */
  readonly fixedTax?: bigint | null | undefined;
}

/**
 * Makes the rows of an invoice from its contents; amounts of `invoice` are replaced. What they come to below zero is filled
 * up to 0 by a line that says that it goes to the customer's balance.
 */
export function composeInvoice(invoice: InvoiceRow, contents: Contents, now: Date): InvoiceParts {
  const charged = contents.lines.filter(({ kind }) => kind !== "CARRIED_OVER");
  const discounts = withSettled(contents.discounts, charged);
  const amounts = totalsOf(charged, { ...contents, discounts });
  const below = atLeastZero(-amounts.total);
  const lines = below > 0n ? [...charged, carriedOverLine(below)] : charged;
  const { environmentId, id: invoiceId } = invoice;
  requireBillable(amounts, below);
  const ids = lines.map((line) => line.id ?? newId());
  const { discount, credit, tax, taxIncluded } = amounts;
  return {
    debits: amounts.debits,
    invoice: {
      ...invoice,
      subtotal: amounts.subtotal + below,
      discount,
      credit,
      prepaidCredit: amounts.prepaid,
      tax,
      taxIncluded,
      total: amounts.total + below,
      amountDue: amounts.total + below - invoice.amountPaid - invoice.amountAdjusted,
    },
    lines: lines.map((line, index) => ({
      environmentId,
      id: ids[index] ?? "",
      invoiceId,
      position: index + 1,
      description: line.description,
      quantity: stored(line.quantity),
      unitAmount: stored(line.unitAmount),
      amount: line.amount,
      discount: amounts.lines[index]?.discount ?? 0n,
      prepaidCredit: amounts.lines[index]?.prepaid ?? 0n,
      credit: amounts.lines[index]?.credit ?? 0n,
      tax: amounts.lines[index]?.tax ?? 0n,
      taxIncluded: amounts.lines[index]?.taxIncluded ?? 0n,
      kind: line.kind ?? "ITEM",
      breakdown: (line.breakdown ?? null) as Row<"InvoiceLine">["breakdown"],
      productId: line.productId ?? null,
      priceId: line.priceId ?? null,
      subscriptionItemId: line.subscriptionItemId ?? null,
      usageChargeId: line.usageChargeId ?? null,
      sourceLineId: line.sourceLineId ?? null,
      settled: (line.settled ? storedSettled(line.settled) : null) as Row<"InvoiceLine">["settled"],
      periodStart: line.period?.start ?? null,
      periodEnd: line.period?.end ?? null,
      metadata: (line.metadata ?? {}) as Row<"InvoiceLine">["metadata"],
      createdAt: line.createdAt ?? now,
    })),
    taxes: amounts.lines.flatMap((line, index) =>
      line.taxes.map(({ rateId, percentage, ...rest }) => ({
        ...rest,
        environmentId,
        lineId: ids[index] ?? "",
        taxRateId: rateId,
        percentage: stored(percentage),
      })),
    ),
    discounts: discounts.map(
      ({ redemptionId, description, countsCycle = false, settled = false }, index) => ({
        environmentId,
        id: newId(),
        invoiceId,
        redemptionId,
        description,
        amount: amounts.discounts[index] ?? 0n,
        position: index + 1,
        countsCycle,
        settled,
        createdAt: now,
      }),
    ),
  };
}

/** The discounts of an invoice, with those of settled lines that it does not have. */
function withSettled(
  discounts: readonly DiscountDraft[],
  lines: readonly KnownLineDraft[],
): readonly DiscountDraft[] {
  const known = new Set(discounts.map(({ redemptionId }) => redemptionId));
  const settled = new Map(
    lines
      .flatMap((line) => line.settled?.discounts ?? [])
      .filter(({ redemptionId }) => !known.has(redemptionId))
      .map((one) => [one.redemptionId, one.description]),
  );
  const added = [...settled].map(([redemptionId, description]): DiscountDraft => ({
    redemptionId,
    description,
    type: "FIXED_AMOUNT",
    value: 0n,
    scope: "ENTIRE_ORDER",
    productIds: [],
    settled: true,
  }));
  return [...discounts, ...added];
}

/** Refuses amounts that no JSON number holds. */
function requireBillable(
  { subtotal, total: sum }: Pick<InvoiceTotals, "subtotal" | "total">,
  below: bigint,
): void {
  if (isBillable(subtotal) && isBillable(subtotal + below) && isBillable(sum + below)) return;
  refuse("INVALID", "The lines come to more than can be billed.", ["lines"]);
}

/** What of an invoice goes to the customer's balance when it is finalized. */
export function carriedOver(lines: readonly Row<"InvoiceLine">[]): bigint {
  return total(lines.filter(({ kind }) => kind === "CARRIED_OVER").map(({ amount }) => amount));
}

function carriedOverLine(amount: bigint): KnownLineDraft {
  const description = "Credited to the customer's balance";
  return { kind: "CARRIED_OVER", description, quantity: 1n, unitAmount: amount, amount };
}

function totalsOf(
  lines: readonly KnownLineDraft[],
  { discounts, taxRates, creditAvailable: credit, purses, fixedTax }: Contents,
): InvoiceTotals {
  return invoiceTotals({
    lines: lines.map((line) => ({
      amount: line.amount,
      productId: line.productId,
      recurring: line.subscriptionItemId != null,
      metered: line.kind === "USAGE",
      taxRates: line.taxRates ?? taxRates,
      settled: line.settled,
      id: line.id,
      sourceLineId: line.sourceLineId,
    })),
    discounts,
    purses,
    credit,
    fixedTax,
  });
}
