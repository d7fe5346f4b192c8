import type { BillingReason } from "../../db/generated/prisma/enums.ts";
import type { Period } from "../../kit/period.ts";
import type { AdvanceTo, InvoiceDraft, InvoiceLineDraft } from "../invoices/index.ts";
import { takenOff } from "../discounts/index.ts";
import type { SubscriptionState } from "./state.ts";

/** What an invoice of a subscription is about. */
export interface Billing {
  readonly reason: BillingReason;
  readonly period: Period;
  readonly lines: readonly InvoiceLineDraft[];
  /** The instant that it counts as. */
  readonly now: Date;
  /** Whether the discounts of the subscription are taken off; yes, unless said otherwise. */
  readonly discounted?: boolean | undefined;
  /** Whether what waits for the next invoice goes on it; yes, unless said otherwise. */
  readonly takePending?: boolean | undefined;
  /** Whether it stays a draft; no, unless said otherwise. */
  readonly keepAsDraft?: boolean | undefined;
  /** How far it goes; SENT, unless said otherwise. */
  readonly advanceTo?: AdvanceTo | undefined;
}

/** An invoice of a subscription, with what all of its invoices have. */
export function draftOf(
  { subscription, taxRates, discounts }: SubscriptionState,
  { reason, period, lines, now, discounted = true, takePending = true, keepAsDraft, advanceTo }: Billing,
): InvoiceDraft {
  return {
    customerId: subscription.customerId,
    subscriptionId: subscription.id,
    billingReason: reason,
    currency: subscription.currency,
    collectionMethod: subscription.collectionMethod,
    period,
    lines,
    discounts: discounted ? discounts.map(takenOff) : [],
    taxRates,
    takePending,
    finalize: !keepAsDraft,
    advanceTo: advanceTo ?? "SENT",
    now,
  };
}
