import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { isId } from "../../../kit/ids.ts";
import { refuse } from "../../../kit/refusal.ts";

export type Schedule = Row<"SubscriptionSchedule">;
export type PhaseItem = Row<"SubscriptionPhaseItem">;

/** A phase with what it bills. */
export type Phase = Row<"SubscriptionPhase"> & { readonly items: readonly PhaseItem[] };

/** Locks a schedule until the transaction ends; refuses an id that names none. */
export async function lockSchedule(transaction: Transaction, id: string): Promise<Schedule> {
  const { name, select } = tableOf("SubscriptionSchedule");
  const [row] = isId(id)
    ? await transaction.query<Schedule>(Prisma.sql`
        SELECT ${select} FROM ${name} t
        WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = ${id}::uuid FOR UPDATE`)
    : [];
  return row ?? refuse("NOT_FOUND", "There is no such schedule.", ["scheduleId"]);
}

/** The phases of a schedule in order. Two statements. */
export async function readPhases(transaction: Transaction, scheduleId: string): Promise<Phase[]> {
  const { environmentId } = transaction;
  const { name, select } = tableOf("SubscriptionPhase");
  const phases = await transaction.query<Row<"SubscriptionPhase">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.schedule_id = ${scheduleId}::uuid ORDER BY t.position`);
  const items = await transaction.query<PhaseItem>(Prisma.sql`
    SELECT ${tableOf("SubscriptionPhaseItem").select} FROM subscription_phase_items t
    WHERE t.environment_id = ${environmentId}::uuid AND t.phase_id = ANY(${phases.map(({ id }) => id)}::uuid[])
    ORDER BY t.phase_id, t.position`);
  const byPhase = Map.groupBy(items, ({ phaseId }) => phaseId);
  return phases.map((phase) => ({ ...phase, items: byPhase.get(phase.id) ?? [] }));
}
