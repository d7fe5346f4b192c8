import { tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { redemptionsOf } from "../../discounts/index.ts";
import { planCancelNow } from "../cancel.ts";
import type { Plan, Situation } from "../plan.ts";
import type { SubscriptionState } from "../state.ts";
import { newDiscount, planPhase } from "./phase-change.ts";
import { type Schedule, readPhases } from "./read.ts";

/** Something that a schedule will do with its subscription. */
export interface UpcomingPhase {
  readonly at: Date;
  /** Whether the subscription ends with it. */
  readonly ends: boolean;
  /** What that makes of the subscription as it is then. Reads, and writes nothing. */
  readonly plan: (
    transaction: Transaction,
    situation: Situation,
  ) => Promise<{ readonly state: SubscriptionState; readonly plan: Plan }>;
}

/** What the live schedule of a subscription has still to do, in order: its next phases, and the cancellation after the last one. */
export async function upcomingPhases(
  transaction: Transaction,
  subscriptionId: string,
): Promise<UpcomingPhase[]> {
  const { name, select } = tableOf("SubscriptionSchedule");
  const [schedule] = await transaction.query<Schedule>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.subscription_id = ${subscriptionId}::uuid
      AND t.status IN ('NOT_STARTED', 'ACTIVE')`);
  if (!schedule) return [];
  const phases = await readPhases(transaction, schedule.id);
  const changes = phases
    .filter(({ position }) => position > (schedule.currentPhase ?? 0))
    .map((phase): UpcomingPhase => ({
      at: phase.startsAt,
      ends: false,
      plan: async (reader, situation) => {
        const discount = await newDiscount(reader, situation, phase);
        const { customerId, id } = situation.state.subscription;
        const by = { customerId, subscriptionId: id, now: situation.now };
        const held = discount ? redemptionsOf(reader, [discount], by) : [];
        const state = { ...situation.state, discounts: [...situation.state.discounts, ...held] };
        return { state, plan: await planPhase(reader, { ...situation, state }, phase) };
      },
    }));
  const end = phases.at(-1)?.endsAt;
  if (!end || schedule.endBehavior !== "CANCEL") return changes;
  const ends: UpcomingPhase = {
    at: end,
    ends: true,
    plan: async (reader, situation) => ({
      state: situation.state,
      plan: await planCancelNow(reader, situation, "The schedule is over.", true),
    }),
  };
  return [...changes, ends];
}
