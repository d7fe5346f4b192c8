import type { Row } from "../../db/datamodel.ts";
import type { BillingReason } from "../../db/generated/prisma/enums.ts";
import type { Period } from "../../kit/period.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import type { InvoiceLineDraft } from "../invoices/index.ts";
import type { Billed } from "./billed.ts";
import { nextStepAt } from "./next-step.ts";
import type { ItemState, Subscription, SubscriptionState } from "./state.ts";
import { type ChargeChanges, noCharges } from "./usage/stored-charges.ts";

/** What an operation on a subscription is decided on. */
export interface Situation {
  readonly state: SubscriptionState;
  readonly billed: Billed;
  readonly now: Date;
  /** What parts of periods are counted in. */
  readonly basis: TimeBasis;
  /** Whether it is locked until the transaction ends, and not only looked at. */
  readonly locked: boolean;
}

/** What an operation makes of a subscription. Nothing is written before it is carried out. */
export interface Plan {
  readonly subscription: Subscription;
  /** Its items afterwards; those that are not among them any more are removed. */
  readonly items: readonly ItemState[];
  /** What is billed at once; null for nothing. */
  readonly bill: PlannedBill | null;
  /** Lines that wait for the next invoice. */
  readonly waiting: readonly InvoiceLineDraft[];
  /** What is noted of the usage of metered items. */
  readonly charges: ChargeChanges;
  /** The rates that its invoices are taxed with from now on; left out where they stay. */
  readonly taxRates?: readonly Row<"TaxRate">[] | undefined;
  /** The events that tell of it. */
  readonly events: readonly string[];
}

export interface PlannedBill {
  readonly reason: BillingReason;
  readonly period: Period;
  readonly lines: readonly InvoiceLineDraft[];
  /** Whether the discounts of the subscription are taken off; prorations have them in their lines. */
  readonly discounted: boolean;
  /** Whether what waits goes on it. */
  readonly takePending: boolean;
}

/** A plan that changes values of the subscription and nothing else, unless more is said. */
export function planned(
  { state }: Situation,
  values: Partial<Subscription>,
  rest: Partial<Omit<Plan, "subscription">> = {},
): Plan {
  const subscription = { ...state.subscription, ...values };
  return {
    subscription: { ...subscription, nextStepAt: nextStepAt(subscription) },
    items: state.items,
    bill: null,
    waiting: [],
    charges: noCharges,
    events: ["subscription.updated"],
    ...rest,
  };
}
