import type { BillingReason, PauseBehavior } from "../../db/generated/prisma/enums.ts";
import type { Row } from "../../db/datamodel.ts";
import type { Period } from "../../kit/period.ts";
import type { TimeBasis } from "../../kit/time-share.ts";
import type { InvoiceLineDraft, LedgerLine, Postings } from "../invoices/index.ts";
import { nextStepAt } from "./next-step.ts";
import { type BilledPeriod, billedPeriodOf } from "./rules/billed-period.ts";
import type { OwedContext } from "./rules/owed.ts";
import { heldNow } from "./held-discounts.ts";
import type { ItemState, Subscription, SubscriptionState } from "./state.ts";
import type { History, TermsChange } from "./rules/history.ts";
import { type ChargeChanges, noCharges } from "./usage/stored-charges.ts";

/** What an operation on a subscription is decided on. */
export interface Situation {
  readonly state: SubscriptionState;
  readonly history: History;
  /** What the current period has been billed, with what was posted against it. */
  readonly ledger: readonly LedgerLine[];
  /** Whether something waits for its next invoice. */
  readonly waiting: boolean;
  readonly now: Date;
  /** What parts of periods are counted in. */
  readonly basis: TimeBasis;
  /** Whether it is locked until the transaction ends, and not only looked at. */
  readonly locked: boolean;
}

/** What an operation makes of a subscription. Nothing is written before it is carried out. */
export interface Plan extends Postings {
  readonly subscription: Subscription;
  /** Its items afterwards; those that are not among them any more are removed. */
  readonly items: readonly ItemState[];
  /** The terms that are written. */
  readonly terms: TermsChange["rows"];
  /** What is billed at once; null for nothing. */
  readonly bill: PlannedBill | null;
  /** Further invoices, of time that was paused: they are treated as the pause said. */
  readonly treated: readonly TreatedBill[];
  /** Lines that wait for the next invoice. */
  readonly waiting: readonly InvoiceLineDraft[];
  /** Whether its open invoices become void, because it has not begun and the new one takes their place. */
  readonly replaces: boolean;
  /** What is noted of the usage of metered items. */
  readonly charges: ChargeChanges;
  /** The rates that its invoices are taxed with from now on; left out where they stay. */
  readonly taxRates?: readonly Row<"TaxRate">[] | undefined;
  /** The events that tell of it. */
  readonly events: readonly string[];
}

/** An invoice of time that was paused. */
export interface TreatedBill extends Pick<PlannedBill, "reason" | "period" | "lines"> {
  readonly behavior: PauseBehavior;
}

export interface PlannedBill {
  readonly reason: BillingReason;
  readonly period: Period;
  readonly lines: readonly InvoiceLineDraft[];
  /** Which discounts are taken off lines that are not settled: those that hold for the next period, or none. */
  readonly discounts: "NEXT" | "NONE";
  /** Whether it uses up a period of them. */
  readonly countsCycle: boolean;
  /** Whether what waits goes on it. */
  readonly takePending: boolean;
}

/** The invoice of lines that settle a change within a period: they have their discounts, and what waits goes on waiting. */
export function changeBill(period: Period, lines: readonly InvoiceLineDraft[]): PlannedBill {
  return {
    reason: "SUBSCRIPTION_UPDATE",
    period,
    lines,
    discounts: "NONE",
    countsCycle: false,
    takePending: false,
  };
}

/** A plan that changes values of the subscription and nothing else, unless more is said. */
export function planned(
  { state }: Pick<Situation, "state">,
  values: Partial<Subscription>,
  rest: Partial<Omit<Plan, "subscription">> = {},
): Plan {
  const subscription = { ...state.subscription, ...values };
  return {
    subscription: { ...subscription, nextStepAt: nextStepAt(subscription) },
    items: state.items,
    terms: [],
    bill: null,
    treated: [],
    waiting: [],
    adjustments: [],
    onDrafts: [],
    replaces: false,
    charges: noCharges,
    events: ["subscription.updated"],
    ...rest,
  };
}

/** What owed amounts of the current period are computed with. */
export function owedContext(
  { state, basis }: Pick<Situation, "state" | "basis">,
  billed: BilledPeriod = billedPeriodOf(state.subscription),
): OwedContext {
  return { billed, basis, discounts: heldNow(state) };
}
