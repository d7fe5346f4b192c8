export { type StepBill, type StepDraft, type StepToBill, draftBill, usageOf } from "./draft-bill.ts";
export {
  type AfterAttempt,
  type DunningSettings,
  afterAttempt,
  defaultDunning,
  givenUp,
  hasRetriesLeft,
  recovered,
} from "./dunning.ts";
export { subscriptionEvent } from "./events.ts";
export { afterCycle, countCycle } from "./held-discounts.ts";
export { type History, continued } from "./rules/history.ts";
export { readHistories, writeTerms } from "./store/history.ts";
export { findWaiting, readWaiting } from "./store/waiting.ts";
export { voidOpen } from "./void-open.ts";
export { hasLiveSubscription } from "./live.ts";
export { type Step, type Timeline, nextStep, nextStepAt } from "./next-step.ts";
export { type RatedItem, type RatedLine, rateSpan, timingOf } from "./rating.ts";
export { stateSpans } from "./rules/billing-state.ts";
export { type ItemHistory, owedInAdvance, owedInArrears } from "./rules/owed.ts";
export { settleAdvance } from "./rules/settle.ts";
export { always } from "./rules/terms.ts";
export { type Subscription, type SubscriptionState, loadStates } from "./state.ts";
export { recoverSettled } from "./recover.ts";
export { type Bill, type Taken, type Treatment, followingPeriod, takeStep } from "./take-step.ts";
export { enterPhase } from "./schedules/enter-phase.ts";
export { requireTaxRates } from "./tax-rates.ts";
export type { Plan, Situation } from "./plan.ts";
export { type UpcomingPhase, upcomingPhases } from "./schedules/upcoming.ts";
export { discountsOf, pendingRows } from "./carry-out.ts";
export { draftOf } from "./billing.ts";
export { cancelAtOnce } from "./cancel.ts";
export { type BilledUsage, type UsageToBill, billUsage, noUsage } from "./usage/bill-usage.ts";
export { type ExplainedUsage, explainLine } from "./usage/explain.ts";
export { previewUsage } from "./usage/preview-usage.ts";
export { writeCharges } from "./usage/stored-charges.ts";
export { type UsageBalance, balancesOf, readUpcomingUsage } from "./usage/upcoming.ts";
export { draftEarly, draftLate, earlyUsage, lateUsage } from "./usage/early.ts";
export { lookedForUsage, nextLook } from "./usage/late.ts";
export { writeSubscriptions } from "./write-subscriptions.ts";
