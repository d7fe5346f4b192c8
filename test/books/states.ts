import type { Instant, Span } from "./calendar.ts";
import type { DiscountKey } from "./catalog.ts";
import type { Terms } from "./terms.ts";

export type Status =
  | "PENDING"
  | "TRIALING"
  | "ACTIVE"
  | "PAST_DUE"
  | "PAUSED"
  | "UNPAID"
  | "CANCELED"
  | "EXPIRED";

/** What time counts as for money. */
export type State = "PENDING" | "TRIAL" | "ACTIVE" | "PAUSED" | "UNPAID" | "ENDED";

export type PauseBehavior = "KEEP_AS_DRAFT" | "MARK_UNCOLLECTIBLE" | "VOID";

/** A period that was entered. */
export interface Period {
  readonly from: Instant;
  to: Instant;
  /** From its start to the next boundary of its cycle. */
  readonly uncut: Span;
  /** The whole period of the cycle that it is a part of. */
  readonly whole: Span;
  readonly first: boolean;
  readonly trial: boolean;
  /** Whether what is charged in advance was, or is to be. */
  billed: boolean;
  /** Whether what is charged in arrears was. */
  closed: boolean;
  /** The discounts that hold for it, and those that held when it was closed. */
  readonly held: DiscountKey[];
  heldAtClose: readonly DiscountKey[];
  counted: boolean;
  /** Whether a change of interval began it. */
  readonly restarted: boolean;
}

export interface Created {
  readonly now: Instant;
  readonly start: Instant;
  readonly trialEnd: Instant | null;
  readonly anchorDay: number | null;
  readonly endsOn: Instant | null;
  readonly maxCycles: number | null;
  readonly cancelAtPeriodEnd?: boolean;
  readonly pauseAtPeriodEnd?: boolean;
  readonly discount: DiscountKey | null;
  readonly items: readonly { readonly id: string; readonly terms: Terms }[];
}

export type StepKind = "START" | "END_TRIAL" | "RENEW" | "PAUSE" | "RESUME" | "CANCEL" | "EXPIRE" | "RETRY";
