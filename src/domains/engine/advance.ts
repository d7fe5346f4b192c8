import { nextVersion } from "../../db/changes.ts";
import type { Transaction } from "../../db/transaction.ts";
import {
  type AfterAttempt,
  type Subscription,
  givenUp,
  hasRetriesLeft,
  loadStates,
  nextStep,
  nextStepAt,
  subscriptionEvent,
  takeStep,
  writeSubscriptions,
} from "../subscriptions/index.ts";
import { type StepContext, type Stepping, billSteps } from "./bill.ts";
import { collectFor } from "./collect-for.ts";
import { type Claim, claimSubscriptions } from "./due.ts";
import { readSettings } from "./settings.ts";

/**
 * Takes the next step of each subscription that is due, up to the limit of the claim: one step each, the longest due first.
 * Invoices, payments, the new state and the events commit together. Gives how many there were. The number of statements does
 * not depend on it.
 */
export async function advanceSubscriptions(transaction: Transaction, claim: Claim): Promise<number> {
  const due = await claimSubscriptions(transaction, claim);
  if (!due.length) return 0;
  const { now } = claim;
  const settings = await readSettings(transaction);
  const context: StepContext = { settings, now, states: await loadStates(transaction, due) };
  const steppings = due.flatMap((before) => steppingOf(before, context) ?? []);
  const billed = await billSteps(transaction, steppings, context);
  const attempts = await collectFor(transaction, billed, context);
  const steps = new Map(steppings.map(({ before, step }) => [before.id, step.at]));
  const changes = due.map((before) => {
    // Without a step, the stored time was not that of the subscription any more.
    const { after, events }: AfterAttempt = attempts.get(before.id) ?? { after: before, events: [] };
    return {
      before,
      after: nextVersion({ now }, before, { ...after, nextStepAt: nextStepAt(after) }),
      events,
      at: steps.get(before.id) ?? now,
    };
  });
  await writeSubscriptions(transaction, changes);
  for (const { before, after: subscription, events } of changes) {
    const items = context.states.get(before.id)?.items ?? [];
    transaction.emit(...events.map((type) => subscriptionEvent(type, { subscription, items }, before)));
  }
  return due.length;
}

function steppingOf(before: Subscription, { settings, now }: StepContext): Stepping | null {
  const step = nextStep(before);
  if (!step || step.at > now) return null;
  if (step.kind === "RETRY" && !hasRetriesLeft(before, settings)) {
    return { before, step, taken: { bill: null, ...givenUp(before, settings, now) } };
  }
  return { before, step, taken: takeStep(before, step) };
}
