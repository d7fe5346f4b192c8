import type { DiscountKey, PriceKey, TaxKey } from "./catalog.ts";
import type { PauseBehavior } from "./states.ts";
import type { Mode, Terms } from "./terms.ts";

/** How a subscription begins. Days are counted from the clock's start. */
export interface Beginning {
  readonly shop: number;
  readonly now: number;
  readonly items: readonly Terms[];
  readonly startsIn?: number;
  readonly trialDays?: number;
  readonly anchorDay?: number;
  readonly discount?: DiscountKey;
  readonly taxes?: readonly TaxKey[];
  readonly sent?: boolean;
  readonly endsIn?: number;
  readonly maxCycles?: number;
  readonly payments?: Payments;
  readonly wallet?: { readonly amount: number; readonly pays: "EVERYTHING" | "USAGE" };
}

export type Payments = "succeed" | "decline" | "hard_decline" | "decline_then_succeed";

/** One step of a sequence. Items and invoices are named by their place among those that there are, so steps can be left out. */
export type Operation =
  | { readonly op: "advance"; readonly days: number; readonly hours?: number }
  | { readonly op: "toPeriodEnd" }
  | { readonly op: "quantity"; readonly item: number; readonly quantity: number; readonly mode: Mode }
  | {
      readonly op: "plan";
      readonly item: number;
      readonly price: PriceKey;
      readonly quantity?: number;
      readonly mode: Mode;
    }
  | {
      readonly op: "update";
      readonly item: number;
      readonly price?: PriceKey;
      readonly quantity?: number;
      readonly chosen?: number;
      readonly mode: Mode;
    }
  | { readonly op: "add"; readonly terms: Terms; readonly mode: Mode }
  | { readonly op: "remove"; readonly item: number; readonly mode: Mode }
  | { readonly op: "cancelNow"; readonly prorate: boolean }
  | { readonly op: "cancelAtPeriodEnd" }
  | { readonly op: "cancelAt"; readonly days: number }
  | { readonly op: "reactivate" }
  | { readonly op: "pause"; readonly behavior: PauseBehavior; readonly resumesIn?: number }
  | { readonly op: "pauseAtPeriodEnd"; readonly behavior: PauseBehavior; readonly resumesIn?: number }
  | { readonly op: "pauseByUpdate"; readonly on: boolean }
  | { readonly op: "resume" }
  | { readonly op: "anchorDay"; readonly day: number }
  | { readonly op: "trialEnd"; readonly days: number }
  | { readonly op: "taxes"; readonly taxes: readonly TaxKey[] }
  | { readonly op: "endsOn"; readonly days: number }
  | { readonly op: "maxCycles"; readonly more: number }
  | { readonly op: "indefinite" }
  | { readonly op: "payments"; readonly behavior: Payments }
  | { readonly op: "pay"; readonly invoice: number; readonly part: number }
  | { readonly op: "void"; readonly invoice: number }
  | { readonly op: "uncollectible"; readonly invoice: number }
  | { readonly op: "refund"; readonly invoice: number; readonly part: number }
  | {
      readonly op: "note";
      readonly invoice: number;
      readonly part: number;
      readonly method: "CUSTOMER_BALANCE" | "REFUND_TO_PAYMENT_METHOD" | "EXTERNAL";
      readonly byLine: boolean;
    }
  | { readonly op: "voidNote"; readonly note: number }
  | { readonly op: "deleteDraft"; readonly invoice: number }
  | { readonly op: "finalize"; readonly invoice: number }
  | { readonly op: "use"; readonly quantity: number; readonly daysAgo: number }
  | { readonly op: "voidUse"; readonly event: number }
  | { readonly op: "grant"; readonly amount: number };

export interface Sequence {
  readonly beginning: Beginning;
  readonly operations: readonly Operation[];
}

/** A sequence as a reader wants it: one step a line. */
export function toText({ beginning, operations }: Sequence): string {
  const { now, ...rest } = beginning;
  const lines = operations.map((operation) => JSON.stringify(operation));
  return [JSON.stringify({ now: new Date(now).toISOString(), ...rest }), ...lines].join("\n");
}
