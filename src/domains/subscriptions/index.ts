export { type DraftOptions, draftBill, findWaiting, usageOf } from "./draft-bill.ts";
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
export { hasLiveSubscription } from "./live.ts";
export { type Step, type Timeline, nextStep, nextStepAt } from "./next-step.ts";
export { type RatedItem, type RatedLine, type RatingOptions, rateItems } from "./rating.ts";
export { type Subscription, type SubscriptionState, loadStates } from "./state.ts";
export { recoverSettled } from "./recover.ts";
export { type Bill, type Taken, followingPeriod, takeStep } from "./take-step.ts";
export { enterPhase } from "./schedules/enter-phase.ts";
export { requireTaxRates } from "./tax-rates.ts";
export { type UpcomingPhase, upcomingPhases } from "./schedules/upcoming.ts";
export { type Billed, readBilled } from "./billed.ts";
export { pendingRows } from "./carry-out.ts";
export { draftOf } from "./billing.ts";
export { cancelAtOnce } from "./cancel.ts";
export { readWaiting } from "./waiting.ts";
export { type BilledUsage, type UsageToBill, billUsage, noUsage } from "./usage/bill-usage.ts";
export { type ExplainedUsage, explainLine } from "./usage/explain.ts";
export { previewUsage } from "./usage/preview-usage.ts";
export { writeCharges } from "./usage/stored-charges.ts";
export { type UsageBalance, balancesOf, readUpcomingUsage } from "./usage/upcoming.ts";
export { draftEarly, draftLate, earlyUsage, lateUsage } from "./usage/early.ts";
export { lookedForUsage, nextLook } from "./usage/late.ts";
export { writeSubscriptions } from "./write-subscriptions.ts";
