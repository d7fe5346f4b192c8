import type { BillingReason } from "../../db/generated/prisma/enums.ts";
import type { Period } from "../../kit/period.ts";
import type { AdvanceTo, InvoiceDraft, InvoiceLineDraft } from "../invoices/index.ts";
import { takenOff } from "../discounts/index.ts";
import type { HeldDiscount } from "./held-discounts.ts";
import type { SubscriptionState } from "./state.ts";

/** What an invoice of a subscription is about. */
export interface Billing {
  readonly reason: BillingReason;
  readonly period: Period;
  readonly lines: readonly InvoiceLineDraft[];
  /** The instant that it counts as. */
  readonly now: Date;
  /** The discounts that are taken off lines that are not settled; none unless said. */
  readonly discounts?: readonly HeldDiscount[] | undefined;
  /** Whether it uses up a period of these discounts; no, unless said otherwise. */
  readonly countsCycle?: boolean | undefined;
  /** Whether what waits for the next invoice goes on it; yes, unless said otherwise. */
  readonly takePending?: boolean | undefined;
  /** Whether it stays a draft; no, unless said otherwise. */
  readonly keepAsDraft?: boolean | undefined;
  /** How far it goes; SENT, unless said otherwise. */
  readonly advanceTo?: AdvanceTo | undefined;
}

/** An invoice of a subscription, with what all of its invoices have. */
export function draftOf(
  { subscription, taxRates }: Pick<SubscriptionState, "subscription" | "taxRates">,
  {
    reason,
    period,
    lines,
    now,
    discounts = [],
    countsCycle = false,
    takePending = true,
    keepAsDraft,
    advanceTo,
  }: Billing,
): InvoiceDraft {
  return {
    customerId: subscription.customerId,
    subscriptionId: subscription.id,
    billingReason: reason,
    currency: subscription.currency,
    collectionMethod: subscription.collectionMethod,
    period,
    lines,
    discounts: discounts.map((held) => ({ ...takenOff(held), used: held.used ?? 0n, countsCycle })),
    taxRates,
    takePending,
    finalize: !keepAsDraft,
    advanceTo: advanceTo ?? "SENT",
    now,
  };
}
