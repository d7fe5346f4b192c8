import type { Row } from "../../db/datamodel.ts";
import { target } from "../../kit/state-machine.ts";
import { subscriptionMachine } from "./status.ts";

/** What tells when the engine next has something to do with a subscription. */
export type Timeline = Pick<
  Row<"BillingSubscription">,
  | "status"
  | "startedAt"
  | "currentPeriodEnd"
  | "cyclesBilled"
  | "billingEndsOn"
  | "billingMaxCycles"
  | "pauseAtPeriodEnd"
  | "resumesAt"
  | "cancelAt"
  | "cancelAtPeriodEnd"
  | "nextRetryAt"
>;

/** What the engine does with a subscription when its time has come. */
export type StepKind =
  /** It begins: its first period is billed, or its trial runs. */
  | "START"
  /** Its trial is over and its first period is billed. */
  | "END_TRIAL"
  /** The next period is billed. */
  | "RENEW"
  /** The next period begins as a paused one. */
  | "PAUSE"
  | "RESUME"
  /** A payment that failed is tried again, or given up. */
  | "RETRY"
  | "CANCEL"
  /** Its term is over, or its first payment never came. */
  | "EXPIRE";

/** The next thing to do, and when. */
export interface Step {
  readonly kind: StepKind;
  readonly at: Date;
}

/**
 * The next step of a subscription; null when it never has one again. Of steps at the same instant the one that ends it comes
 * first, then the one that resumes it, then the retry, and then the new period.
 */
export function nextStep(subscription: Timeline): Step | null {
  const { status, billingEndsOn, cancelAt, resumesAt, nextRetryAt } = subscription;
  if (status === "CANCELED" || status === "EXPIRED") return null;
  const steps = [
    stepAt("EXPIRE", billingEndsOn),
    stepAt("CANCEL", cancelAt),
    stepAt("RESUME", status === "PAUSED" ? resumesAt : null),
    stepAt("RETRY", status === "PAST_DUE" ? nextRetryAt : null),
    periodStep(subscription),
  ].filter((step) => step !== null);
  // Sorting is stable: what stands first in the list stays first among equals.
  return steps.toSorted((one, other) => one.at.getTime() - other.at.getTime())[0] ?? null;
}

/** When the engine next has something to do with a subscription; null when it never has again. Stored as `nextStepAt` with every write. */
export function nextStepAt(subscription: Timeline): Date | null {
  return nextStep(subscription)?.at ?? null;
}

function stepAt(kind: StepKind, at: Date | null): Step | null {
  return at && { kind, at };
}

/** What happens when the current period is over. */
function periodStep(subscription: Timeline): Step | null {
  const { status, startedAt, cyclesBilled, billingMaxCycles, currentPeriodEnd: at } = subscription;
  if (status === "PENDING") {
    return cyclesBilled === 0 ? { kind: "START", at: startedAt } : { kind: "EXPIRE", at };
  }
  if (subscription.cancelAtPeriodEnd) return { kind: "CANCEL", at };
  // What nobody pays for is not billed on.
  if (status === "UNPAID") return null;
  if (billingMaxCycles !== null && cyclesBilled >= billingMaxCycles) return { kind: "EXPIRE", at };
  if (subscription.pauseAtPeriodEnd && target(subscriptionMachine, status, "pause"))
    return { kind: "PAUSE", at };
  if (status === "TRIALING") return { kind: "END_TRIAL", at };
  return { kind: "RENEW", at };
}
