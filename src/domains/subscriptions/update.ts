import { z } from "zod";
import type { TransactionHost, Writer } from "../../db/transaction.ts";
import { anchorFor, firstPeriod } from "../../kit/billing-cycle.ts";
import { civilDate } from "../../kit/civil-time.ts";
import { changedMetadata, metadataInput } from "../../kit/metadata.ts";
import { refuse } from "../../kit/refusal.ts";
import { requireMove } from "../../kit/state-machine.ts";
import { checked } from "../../kit/validate.ts";
import type { Outcome } from "./carry-out.ts";
import { anchorDay, billingEnd, instant, prorationMode, taxRateIds } from "./fields.ts";
import { type Decide, operate, target } from "./operate.ts";
import type { Situation } from "./plan.ts";
import { planExtended } from "./plan-extended.ts";
import { termOf } from "./plan-create.ts";
import { cutAtEnd, cycleOf, pinnedCycle } from "./rules/billed-period.ts";
import { inTrial } from "./rules/billing-state.ts";
import type { Subscription } from "./state.ts";
import { subscriptionMachine } from "./status.ts";
import { requireTaxRates } from "./tax-rates.ts";

const updateInput = z.strictObject({
  ...target,
  ...billingEnd,
  billingAnchorDay: anchorDay.optional(),
  trialEnd: instant.optional(),
  collectionMethod: z.enum(["CHARGE_AUTOMATICALLY", "SEND_INVOICE"]).optional(),
  taxRateIds: taxRateIds.optional(),
  prorationMode: prorationMode.optional(),
  pauseAtPeriodEnd: z.boolean().optional(),
  metadata: metadataInput.nullish(),
  replaceMetadata: z.boolean().nullish(),
});

type UpdateInput = z.infer<typeof updateInput>;

const over = new Set<Subscription["status"]>(["CANCELED", "EXPIRED"]);

/** Changes the terms of a subscription that were sent, from its next invoice on. Of one that has ended, only its metadata. */
export function updateSubscription(host: TransactionHost, writer: Writer, sent: unknown): Promise<Outcome> {
  const input = checked(updateInput, sent);
  return operate(host, writer, input, decideUpdate(input));
}

function decideUpdate(input: UpdateInput): Decide {
  return async (situation, transaction) => {
    const { subscription } = situation.state;
    if (input.pauseAtPeriodEnd && !subscription.pauseAtPeriodEnd) {
      const named = { noun: "The subscription", path: ["pauseAtPeriodEnd"] };
      requireMove(subscriptionMachine, subscription.status, "pause", named);
    }
    const {
      metadata,
      replaceMetadata,
      subscriptionId: _,
      expectedVersion: __,
      taxRateIds: rates,
      ...terms
    } = input;
    if (
      over.has(subscription.status) &&
      (rates || Object.values(terms).some((value) => value !== undefined))
    ) {
      refuse("ILLEGAL_STATE", `The subscription is ${subscription.status}: only its metadata can change.`, [
        "subscriptionId",
      ]);
    }
    const {
      collectionMethod = subscription.collectionMethod,
      prorationMode: mode = subscription.prorationMode,
    } = terms;
    const values = {
      collectionMethod,
      prorationMode: mode,
      pauseAtPeriodEnd: terms.pauseAtPeriodEnd ?? subscription.pauseAtPeriodEnd,
      ...endOf(situation, terms),
      ...anchorOf(situation, terms),
      metadata: changedMetadata(subscription.metadata, metadata, { replace: replaceMetadata }),
    };
    const taxRates = rates && (await requireTaxRates(transaction, rates, ["taxRateIds"]));
    return { ...planExtended(situation, values), taxRates };
  };
}

function endOf({ state, now }: Situation, terms: Partial<UpdateInput>): Partial<Subscription> {
  const { billingEndStrategy, billingEndsOn, billingMaxCycles } = terms;
  if (billingEndStrategy === undefined && billingEndsOn === undefined && billingMaxCycles === undefined)
    return {};
  const term = termOf({ billingEndStrategy, billingEndsOn, billingMaxCycles }, null);
  if (term.billingEndsOn && term.billingEndsOn <= now) {
    refuse("INVALID", "The term ends in the future.", ["billingEndsOn"]);
  }
  if (term.billingMaxCycles !== null && term.billingMaxCycles < state.subscription.cyclesBilled) {
    refuse("INVALID", `It has been billed for ${state.subscription.cyclesBilled} periods already.`, [
      "billingMaxCycles",
    ]);
  }
  return term;
}

/** A new end of the trial, and a new anchor day from the end of the current period on. */
function anchorOf(
  { state, now }: Situation,
  { trialEnd, billingAnchorDay: day }: Partial<UpdateInput>,
): Partial<Subscription> {
  const { subscription } = state;
  if (trialEnd) {
    if (subscription.status !== "TRIALING") {
      refuse("ILLEGAL_STATE", `The subscription is ${subscription.status}, not in a trial.`, ["trialEnd"]);
    }
    if (trialEnd <= now) refuse("INVALID", "The trial ends in the future.", ["trialEnd"]);
  }
  if (!trialEnd && day === undefined) return {};
  const { interval, timezone: zone } = subscription;
  const begins = subscription.cyclesBilled === 0 && !inTrial(subscription);
  const { currentPeriodStart, currentPeriodEnd } = subscription;
  const end = trialEnd ?? (begins ? currentPeriodStart : currentPeriodEnd);
  const asked = day !== undefined || subscription.anchorDayAsked;
  const billingAnchorDay = day ?? (asked ? subscription.billingAnchorDay : civilDate(end, zone).day);
  const anchor = {
    billingAnchorDay,
    billingAnchor: anchorFor(end, { interval, anchorDay: billingAnchorDay, zone }),
    anchorDayAsked: asked,
  };
  if (trialEnd) return { ...anchor, trialEnd, currentPeriodEnd: trialEnd };
  // A trial is no part of the cycle, and a first period that is yet to begin is made anew.
  if (inTrial(subscription)) return anchor;
  if (!begins) return { ...anchor, ...pinnedCycle(subscription) };
  const period = firstPeriod(cycleOf({ ...subscription, ...anchor }), currentPeriodStart);
  return { ...anchor, currentPeriodEnd: cutAtEnd(period, subscription).end };
}
