import { readByIds } from "../../db/reads.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { Period } from "../../kit/period.ts";
import { readPurses, readUsedCredit } from "../credits/index.ts";
import { lineOfPending, readLedger, walletSources } from "../invoices/index.ts";
import {
  type Step,
  type Subscription,
  type UpcomingPhase,
  loadStates,
  nextStep,
  previewUsage,
  readHistories,
  readWaiting,
  recovered,
  takeStep,
  upcomingPhases,
} from "../subscriptions/index.ts";
import { basisOf } from "./bill.ts";
import { type Course, billPhase, billStep } from "./course.ts";
import { readSettings } from "./settings.ts";

/** A period that will be billed, as things stand. */
export interface UpcomingRenewal {
  /** From 1. */
  readonly sequence: number;
  readonly date: Date;
  readonly period: Period;
  /** What is to be paid, in minor units. */
  readonly amount: bigint;
  readonly isTrialEnd: boolean;
  readonly isFirstCharge: boolean;
  readonly isFinalPayment: boolean;
}

/** A subscription with what it will be billed. */
export interface RenewalPreview {
  readonly subscription: Subscription;
  readonly renewals: readonly UpcomingRenewal[];
}

/** Steps that bill nothing, such as those of a pause without an end, are not gone through for ever. */
const mostSteps = 200;

/**
 * The next `count` periods that a subscription will be billed for, fewer where it ends before; null when there is no such subscription. The
 * engine's own steps and drafts, one after the other, and the phases of its schedule between them; nothing is written. Payments
 * are taken to succeed.
 */
export async function previewRenewals(
  transaction: Transaction,
  id: string,
  count: number,
): Promise<RenewalPreview | null> {
  const { environmentId } = transaction;
  const [subscription] = await readByIds(transaction, environmentId, "BillingSubscription", [id]);
  if (!subscription) return null;
  const state = (await loadStates(transaction, [subscription])).get(subscription.id);
  if (!state) return null;
  const { pending, creditAvailable: credit } = await readWaiting(transaction, subscription);
  const phases = await upcomingPhases(transaction, subscription.id);
  const history = (await readHistories(transaction, [subscription])).get(subscription.id);
  if (!history) return null;
  const from = subscription.currentPeriodStart;
  const ledger = await readLedger(transaction, { subscriptions: [{ id: subscription.id, from }] });
  const basis = basisOf(await readSettings(transaction), subscription.timezone);
  const billed = ledger.flatMap(({ invoice }) => invoice?.id ?? []);
  const used = await readUsedCredit(transaction, [...billed, ...walletSources(pending.map(lineOfPending))]);
  const purses = await readPurses(transaction, [subscription], used);
  const usageLines = previewUsage(transaction);
  let course: Course = { state, history, pending, credit, purses, used, ledger, basis, usageLines };
  const renewals: UpcomingRenewal[] = [];
  for (let steps = 0; steps < mostSteps && renewals.length < count; steps++) {
    const step = nextStep(course.state.subscription);
    const [phase] = phases;
    const isPhase = phase && (!step || phase.at <= step.at);
    if (isPhase) phases.shift();
    const at = isPhase ? phase.at : step?.at;
    if (!at) break;
    const gone = isPhase
      ? // Each is planned on what those before have made.
        // eslint-disable-next-line no-await-in-loop
        await billPhase(transaction, course, phase)
      : // eslint-disable-next-line no-await-in-loop
        await billStep(environmentId, course, { ...take(course.state.subscription, step as Step), at });
    ({ course } = gone);
    if (!gone.bill) continue;
    const after = course.state.subscription;
    renewals.push({
      sequence: renewals.length + 1,
      date: at,
      ...gone.bill,
      isTrialEnd: !isPhase && step?.kind === "END_TRIAL",
      isFirstCharge: after.cyclesBilled === 1,
      isFinalPayment: endsNext(after, phases[0]),
    });
  }
  return { subscription, renewals };
}

function take(subscription: Subscription, step: Step) {
  return step.kind === "RETRY"
    ? { bill: null, ...recovered(subscription, step.at) }
    : takeStep(subscription, step);
}

/** Whether what happens next ends the subscription. */
function endsNext(subscription: Subscription, phase: UpcomingPhase | undefined): boolean {
  const step = nextStep(subscription);
  if (phase && (!step || phase.at <= step.at)) return phase.ends;
  return step === null || step.kind === "CANCEL" || step.kind === "EXPIRE";
}
