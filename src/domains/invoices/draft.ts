import type { Row } from "../../db/datamodel.ts";
import type {
  BillingReason,
  CollectionMethod,
  DiscountScope,
  DiscountType,
  InvoiceLineKind,
} from "../../db/generated/prisma/enums.ts";
import type { SettledAmounts } from "./ledger/settled.ts";
import type { Numeric } from "../../kit/decimal.ts";
import type { Period } from "../../kit/period.ts";

/** A tax rate that lines are taxed with; a row of the model is one. */
export interface TaxRateDraft {
  readonly id: string;
  readonly percentage: Numeric;
  /** Whether amounts contain the tax. */
  readonly inclusive: boolean;
}

/** A line that is to stand on an invoice. */
export interface InvoiceLineDraft {
  /** ITEM unless said. */
  readonly kind?: InvoiceLineKind | undefined;
  readonly description: string;
  readonly quantity: Numeric;
  /** Minor units for one unit. */
  readonly unitAmount: Numeric;
  /** Whole minor units, rounded by whoever made the line; below zero for a credit. */
  readonly amount: bigint;
  /** How tiers or packages made the amount. */
  readonly breakdown?: unknown;
  readonly productId?: string | null | undefined;
  readonly priceId?: string | null | undefined;
  /** Set for what a subscription bills; discounts look at it. */
  readonly subscriptionItemId?: string | null | undefined;
  /** The usage that it bills or corrects. */
  readonly usageChargeId?: string | null | undefined;
  readonly period?: Period | null | undefined;
  readonly metadata?: object | undefined;
  /** The rates of this line, in place of the invoice's. */
  readonly taxRates?: readonly TaxRateDraft[] | undefined;
  /** The line that it gives back. */
  readonly sourceLineId?: string | null | undefined;
  /** What was settled with it: its invoice takes no discounts off it, and what it gives back goes the way it came. */
  readonly settled?: SettledAmounts | undefined;
}

/** A discount that is taken off an invoice, in the order of the list. */
export interface DiscountDraft {
  /** The redemption that it comes from; null for an amount that is given with the invoice. */
  readonly redemptionId: string | null;
  readonly description: string;
  readonly type: DiscountType;
  /** Per cent for PERCENTAGE, else minor units of the invoice's currency. */
  readonly value: Numeric;
  readonly scope: DiscountScope;
  /** The products of SPECIFIC_PRODUCTS. */
  readonly productIds: readonly string[];
  /** What a fixed amount has taken off before; it gives its value once. */
  readonly used?: Numeric | undefined;
  /** Whether the invoice uses up a period of it. */
  readonly countsCycle?: boolean | undefined;
  /** Whether it is taken off by lines that were settled with it only. */
  readonly settled?: boolean | undefined;
}

/** How far an invoice goes as soon as it is finalized. */
export type AdvanceTo = "FINALIZED" | "APPROVED" | "SENT" | "VOID" | "UNCOLLECTIBLE";

/** An invoice that is to be made. */
export interface InvoiceDraft {
  readonly customerId: string;
  readonly subscriptionId?: string | null | undefined;
  readonly billingReason: BillingReason;
  readonly currency: string;
  readonly collectionMethod: CollectionMethod;
  readonly period?: Period | null | undefined;
  /** Left out, it is the environment's payment term after `now` for SEND_INVOICE, and nothing for CHARGE_AUTOMATICALLY. */
  readonly dueAt?: Date | null | undefined;
  readonly lines: readonly InvoiceLineDraft[];
  readonly discounts?: readonly DiscountDraft[] | undefined;
  /** The rates of all lines that have none of their own. */
  readonly taxRates?: readonly TaxRateDraft[] | undefined;
  /** Whether what waits for the customer's next invoice goes on it: what is of its subscription or of none, or all of it without one. */
  readonly takePending: boolean;
  /** Whether it gets its number, and the customer's credit is used, right away. */
  readonly finalize: boolean;
  /** With `finalize`; FINALIZED unless said. An invoice with nothing to pay is PAID at once, save for VOID. */
  readonly advanceTo?: AdvanceTo | undefined;
  /** Further columns of the invoice. */
  readonly values?: Partial<Row<"Invoice">> | undefined;
  /** The end of the time that it bills, for which wallets pay; `now` unless said. */
  readonly paidUpTo?: Date | undefined;
  /** The instant that it counts as, on the customer's clock. */
  readonly now: Date;
}
