import type {
  BillingInterval as Interval,
  CollectionMethod as Method,
} from "../db/generated/prisma/enums.ts";
import { formatMoney } from "../kit/currency.ts";
import { builder } from "./builder.ts";
import { describedEnum } from "./enums.ts";

/** An amount of money: minor units of a currency. */
export interface MoneyValue {
  readonly amount: bigint;
  readonly currency: string;
}

export const Money = builder.objectRef<MoneyValue>("Money").implement({
  description: "An exact amount of money.",
  shareable: true,
  fields: (t) => ({
    amount: t.expose("amount", {
      type: "SafeInt",
      description: "The amount in the currency's minor unit: cents for USD, yen for JPY.",
    }),
    currency: t.expose("currency", { type: "Currency", description: "The currency." }),
    formatted: t.string({
      description: "The amount for people, in English notation: `$1,234.56`.",
      resolve: ({ amount, currency }) => formatMoney(amount, currency),
    }),
  }),
});

/** A half-open span of time: the start belongs to it, the end does not. */
export interface PeriodValue {
  readonly start: Date | string;
  readonly end: Date | string;
}

export const Period = builder.objectRef<PeriodValue>("Period").implement({
  description: "A span of time. It holds its start, and everything up to but not including its end.",
  shareable: true,
  fields: (t) => ({
    start: t.field({
      type: "DateTime",
      description: "The first instant in the period.",
      resolve: ({ start }) => start,
    }),
    end: t.field({
      type: "DateTime",
      description: "The first instant after the period.",
      resolve: ({ end }) => end,
    }),
  }),
});

/** The period of a row; null unless it has both ends. */
export function periodOf(row: {
  readonly periodStart: Date | null;
  readonly periodEnd: Date | null;
}): PeriodValue | null {
  const { periodStart: start, periodEnd: end } = row;
  return start && end ? { start, end } : null;
}

export const BillingInterval = describedEnum<Interval>(
  "BillingInterval",
  "A unit of time that billing repeats in.",
  {
    DAY: "Calendar days.",
    WEEK: "Weeks of seven days.",
    MONTH: "Calendar months.",
    YEAR: "Calendar years.",
  },
);

/** How often something is billed. */
export interface RecurrenceValue {
  readonly interval: Interval;
  readonly count: number;
}

export const Recurrence = builder.objectRef<RecurrenceValue>("Recurrence").implement({
  description: "How often something is billed: every `count` intervals.",
  shareable: true,
  fields: (t) => ({
    interval: t.expose("interval", { type: BillingInterval, description: "The unit of time." }),
    count: t.exposeInt("count", {
      description: "How many units: 3 with MONTH is every quarter. At least 1.",
    }),
  }),
});

export const CollectionMethod = describedEnum<Method>("CollectionMethod", "How a customer pays.", {
  CHARGE_AUTOMATICALLY: "The customer's payment method is charged when an invoice is finalized.",
  SEND_INVOICE: "The customer is sent the invoice and pays it by its due date.",
});

/** The filter for an instant of a list. */
export interface InstantRange {
  readonly from?: string | null | undefined;
  readonly before?: string | null | undefined;
}

export const DateTimeRange = builder.inputRef<InstantRange>("DateTimeRange").implement({
  description: "A span of time to filter by, open where an end is left out.",
  fields: (t) => ({
    from: t.field({ type: "DateTime", description: "This instant or later." }),
    before: t.field({ type: "DateTime", description: "Earlier than this instant." }),
  }),
});

/** What another system calls an object. */
export interface ExternalReferenceValue {
  readonly source: string;
  readonly id: string;
}

export const ExternalReference = builder.objectRef<ExternalReferenceValue>("ExternalReference").implement({
  description: "An id in another system.",
  shareable: true,
  fields: (t) => ({
    source: t.string({ description: "The system.", resolve: ({ source }) => source }),
    id: t.id({ description: "The id in that system.", resolve: ({ id }) => id }),
  }),
});
