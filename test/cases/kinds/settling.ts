import type { Row } from "../../../src/db/datamodel.ts";
import {
  type RatedItem,
  always,
  settleAdvance,
  type ItemHistory,
} from "../../../src/domains/subscriptions/index.ts";
import type { LedgerLine } from "../../../src/domains/invoices/index.ts";
import type { Numeric } from "../../../src/kit/decimal.ts";
import { total } from "../../../src/kit/money.ts";
import type { Period } from "../../../src/kit/period.ts";
import type { TimeBasis } from "../../../src/kit/time-share.ts";

/** An item that is billed in advance for a whole period, at an amount for one unit. */
export function itemAt(
  unitAmount: Numeric,
  quantity: Numeric = 1n,
  price: Partial<Row<"Price">> = {},
): RatedItem {
  return {
    id: "item",
    description: null,
    productName: "Plan",
    quantity,
    unitAmount: null,
    price: {
      id: `price ${typeof unitAmount === "object" ? unitAmount.toFixed() : unitAmount}`,
      productId: "product",
      meterId: null,
      payInAdvance: true,
      pricingModel: "FIXED",
      billingScheme: "PER_UNIT",
      unitAmount,
      startRule: "PRORATE",
      spendingMinimum: null,
      ...price,
    } as Row<"Price">,
  };
}

/** An item as it has always been. */
export function historyOf(item: RatedItem | null): ItemHistory {
  const terms = item && { priceId: item.price.id, quantity: item.quantity, unitAmount: null };
  return {
    id: "item",
    description: null,
    timeline: always(terms),
    rated: () => item ?? itemAt(0n),
  };
}

/** A line that has billed a period for the item, and was paid. */
export function paidLine(amount: bigint, period: Period, more: Partial<LedgerLine> = {}): LedgerLine {
  return {
    id: "line",
    invoice: {
      id: "invoice",
      status: "PAID",
      version: 1,
      total: amount,
      credit: 0n,
      amountDue: 0n,
      amountRefunded: 0n,
      notedWhole: 0n,
      paidByLines: 0n,
    },
    subscriptionId: "subscription",
    itemId: "item",
    usageChargeId: null,
    description: "Plan",
    productId: "product",
    priceId: "price",
    period,
    amount,
    discount: 0n,
    prepaid: 0n,
    taxes: [],
    noted: 0n,
    givenBack: [],
    ...more,
  };
}

/** What the product gives back and charges where an item becomes another one at an instant of a period. */
export function settle({
  period,
  at,
  basis,
  before,
  after,
  ledger,
}: {
  readonly period: Period;
  readonly at: Date;
  readonly basis: TimeBasis;
  readonly before: RatedItem | null;
  readonly after: RatedItem | null;
  readonly ledger: readonly LedgerLine[];
}): { readonly credit: bigint; readonly charge: bigint } {
  const time = at < period.end ? { start: at, end: period.end } : null;
  const { giveBacks, charges } = settleAdvance(time, {
    billed: { period, whole: period, uncut: period, first: false },
    basis,
    discounts: [],
    before: [historyOf(before)],
    after: [historyOf(after)],
    ledger,
  });
  return {
    credit: total(giveBacks.map(({ net }) => net)),
    charge: total(charges.map(({ amount }) => amount)),
  };
}
