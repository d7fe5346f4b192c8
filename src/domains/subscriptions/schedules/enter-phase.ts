import { nextVersion, updateRows } from "../../../db/changes.ts";
import type { Row } from "../../../db/datamodel.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { earlier } from "../../../kit/period.ts";
import { redeem, redemptionsOf } from "../../discounts/index.ts";
import { planCancelNow } from "../cancel.ts";
import { carryOut } from "../carry-out.ts";
import { startSubscription } from "../create.ts";
import { situationOf } from "../operate.ts";
import type { Situation } from "../plan.ts";
import { scheduleEvent } from "./events.ts";
import { newDiscount, planPhase, redeemable, soldIn } from "./phase-change.ts";
import { type Phase, type Schedule, readPhases } from "./read.ts";

/** A schedule after its time has come, and what that billed. */
export interface Entered {
  readonly schedule: Schedule;
  readonly invoice: Row<"Invoice"> | null;
}

/**
 * Lets a locked schedule go into the phase that is due at `now`: the first starts its subscription, or gives it its items, as each
 * later one does. After the last the schedule is over, and its subscription is canceled or goes on alone. One phase at a
 * time: phases that are due later are left for the next call.
 */
export async function enterPhase(transaction: Transaction, before: Schedule, now: Date): Promise<Entered> {
  const phases = await readPhases(transaction, before.id);
  const position = before.currentPhase === null ? 1 : before.currentPhase + 1;
  const phase = phases.find((one) => one.position === position);
  return phase ? enter(transaction, before, phase, now) : complete(transaction, before, now);
}

async function enter(transaction: Transaction, before: Schedule, phase: Phase, now: Date): Promise<Entered> {
  const { subscriptionId, invoice } = before.subscriptionId
    ? await change(transaction, before.subscriptionId, phase, now)
    : await start(transaction, before, phase, now);
  const after = nextVersion({ now }, before, {
    status: "ACTIVE",
    subscriptionId,
    currentPhase: phase.position,
    nextStepAt: phase.endsAt,
  });
  await write(transaction, before, after);
  return { schedule: after, invoice };
}

async function complete(transaction: Transaction, before: Schedule, now: Date): Promise<Entered> {
  const cancels = before.endBehavior === "CANCEL";
  const after = nextVersion({ now }, before, {
    status: cancels ? "COMPLETED" : "RELEASED",
    currentPhase: null,
    nextStepAt: null,
    ...(cancels ? { completedAt: now } : { releasedAt: now }),
  });
  await write(transaction, before, after);
  if (!cancels || !before.subscriptionId) return { schedule: after, invoice: null };
  const situation = await situationOf(
    transaction,
    { subscriptionId: before.subscriptionId },
    before.nextStepAt ?? now,
  );
  if (isOver(situation)) return { schedule: after, invoice: null };
  const { invoice } = await carryOut(
    transaction,
    situation,
    await planCancelNow(transaction, situation, "The schedule is over.", true),
  );
  return { schedule: after, invoice };
}

async function write(transaction: Transaction, before: Schedule, after: Schedule): Promise<void> {
  await updateRows(transaction, "SubscriptionSchedule", [{ before, after }]);
  transaction.emit(scheduleEvent("subscription_schedule.updated", after, before));
}

async function start(transaction: Transaction, { customerId }: Schedule, phase: Phase, now: Date) {
  const { collectionMethod, trialEnd, prorationMode, startsAt } = phase;
  const { currency, productIds } = await soldIn(transaction, phase);
  const discount = await redeemable(transaction, phase, { customerId, currency, productIds, now: startsAt });
  const { subscription, invoice } = await startSubscription(transaction, {
    customerId,
    path: ["phases", "0"],
    now,
    // They were for sale when the schedule was made.
    agreed: true,
    fields: {
      items: phase.items.map(({ priceId, quantity }) => ({
        price: { id: priceId },
        quantity,
        description: null,
      })),
      startDate: startsAt,
      trialEnd,
      trialDays: trialEnd ? null : 0,
      collectionMethod,
      prorationMode,
      discountCode: discount?.discount.code ?? null,
    },
  });
  return { subscriptionId: subscription.id, invoice };
}

async function change(transaction: Transaction, subscriptionId: string, phase: Phase, now: Date) {
  const situation = await situationOf(transaction, { subscriptionId }, earlier(phase.startsAt, now));
  if (isOver(situation)) return { subscriptionId, invoice: null };
  const discounted = await withDiscount(transaction, situation, phase);
  const plan = await planPhase(transaction, discounted, phase);
  const { invoice } = await carryOut(transaction, discounted, plan);
  return { subscriptionId, invoice };
}

async function withDiscount(
  transaction: Transaction,
  situation: Situation,
  phase: Phase,
): Promise<Situation> {
  const { state, now } = situation;
  const { customerId, id: subscriptionId } = state.subscription;
  const discount = await newDiscount(transaction, situation, phase);
  if (!discount) return situation;
  const held = redemptionsOf(transaction, [discount], { customerId, subscriptionId, now });
  await redeem(transaction, held);
  return { ...situation, state: { ...state, discounts: [...state.discounts, ...held] } };
}

function isOver({ state }: Situation): boolean {
  return state.subscription.status === "CANCELED" || state.subscription.status === "EXPIRED";
}
