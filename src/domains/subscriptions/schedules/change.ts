import { z } from "zod";
import { changedValues, nextVersion, updateRows } from "../../../db/changes.ts";
import type { Row } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { changedMetadata, metadataInput } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { requireMove } from "../../../kit/state-machine.ts";
import { checked } from "../../../kit/validate.ts";
import { checkVersion, expectedVersion } from "../../../kit/versions.ts";
import { nowFor } from "../../clocks/index.ts";
import { planCancelNow } from "../cancel.ts";
import { carryOut } from "../carry-out.ts";
import { operateWithin, situationOf } from "../operate.ts";
import { planned } from "../plan.ts";
import { scheduleEvent } from "./events.ts";
import { endBehavior, phases } from "./fields.ts";
import { type Schedule, lockSchedule, readPhases } from "./read.ts";
import { type ScheduleMove, scheduleMachine } from "./status.ts";
import { insertPhases, planPhases } from "./write-phases.ts";

/** A schedule after an operation, and what that billed. */
export interface ScheduleOutcome {
  readonly schedule: Schedule;
  readonly invoice: Row<"Invoice"> | null;
}

const target = { scheduleId: z.string(), expectedVersion };

const updateInput = z.strictObject({
  ...target,
  phases: phases.nullish(),
  endBehavior: endBehavior.nullish(),
  metadata: metadataInput.nullish(),
  replaceMetadata: z.boolean().nullish(),
});
const cancelInput = z.strictObject({ ...target, prorate: z.boolean().nullish() });
const releaseInput = z.strictObject({ ...target, preserveCancelDate: z.boolean().nullish() });

type Input = { readonly scheduleId: string; readonly expectedVersion?: number | null | undefined };

/** Changes a schedule that is not over; phases that are sent take the place of those that have not started. */
export function updateSchedule(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ScheduleOutcome> {
  const input = checked(updateInput, sent);
  return transact(host, writer, async (transaction) => {
    const { before, now } = await lockFor(transaction, input, "update");
    const nextStepAt = input.phases
      ? await replacePhases(transaction, before, input.phases, now)
      : before.nextStepAt;
    const values = {
      endBehavior: input.endBehavior ?? before.endBehavior,
      nextStepAt,
      metadata: changedMetadata(before.metadata, input.metadata, { replace: input.replaceMetadata }),
    };
    if (!input.phases && !changedValues(before, { ...before, ...values }))
      return { schedule: before, invoice: null };
    const schedule = nextVersion({ now }, before, values);
    await write(transaction, before, schedule, "subscription_schedule.updated");
    return { schedule, invoice: null };
  });
}

/** Ends a schedule and cancels its subscription now. */
export function cancelSchedule(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ScheduleOutcome> {
  const input = checked(cancelInput, sent);
  return transact(host, writer, async (transaction) => {
    const { before, now } = await lockFor(transaction, input, "cancel");
    const values = { status: "CANCELED", canceledAt: now, currentPhase: null, nextStepAt: null } as const;
    const schedule = nextVersion({ now }, before, values);
    await write(transaction, before, schedule, "subscription_schedule.canceled");
    if (!before.subscriptionId) return { schedule, invoice: null };
    const situation = await situationOf(transaction, { subscriptionId: before.subscriptionId });
    const { status } = situation.state.subscription;
    if (status === "CANCELED" || status === "EXPIRED") return { schedule, invoice: null };
    const plan = await planCancelNow(
      transaction,
      situation,
      "The schedule was canceled.",
      input.prorate ?? false,
    );
    const { invoice } = await carryOut(transaction, situation, plan);
    return { schedule, invoice };
  });
}

/** Ends a schedule and leaves its subscription as it is. */
export function releaseSchedule(
  host: TransactionHost,
  writer: Writer,
  sent: unknown,
): Promise<ScheduleOutcome> {
  const input = checked(releaseInput, sent);
  return transact(host, writer, async (transaction) => {
    const { before, now } = await lockFor(transaction, input, "release");
    const stored = await readPhases(transaction, before.id);
    const values = { status: "RELEASED", releasedAt: now, currentPhase: null, nextStepAt: null } as const;
    const schedule = nextVersion({ now }, before, values);
    await write(transaction, before, schedule, "subscription_schedule.released");
    const cancelAt = before.endBehavior === "CANCEL" ? (stored.at(-1)?.endsAt ?? null) : null;
    if (before.subscriptionId && input.preserveCancelDate && cancelAt) {
      await operateWithin(transaction, { subscriptionId: before.subscriptionId }, (situation) =>
        planned(situation, { cancelAt, canceledAt: now }),
      );
    }
    return { schedule, invoice: null };
  });
}

async function lockFor(
  transaction: Transaction,
  input: Input,
  move: ScheduleMove,
): Promise<{ readonly before: Schedule; readonly now: Date }> {
  const before = await lockSchedule(transaction, input.scheduleId);
  checkVersion("schedule", before.version, input.expectedVersion);
  requireMove(scheduleMachine, before.status, move, { noun: "The schedule", path: ["scheduleId"] });
  const { customerId } = before;
  return { before, now: (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now };
}

async function write(
  transaction: Transaction,
  before: Schedule,
  after: Schedule,
  type: string,
): Promise<void> {
  await updateRows(transaction, "SubscriptionSchedule", [{ before, after }]);
  transaction.emit(scheduleEvent(type, after, before));
}

/** Puts phases in the place of those that have not started; gives when the schedule next has something to do. */
async function replacePhases(
  transaction: Transaction,
  { environmentId, id: scheduleId, currentPhase, subscriptionId }: Schedule,
  sent: z.infer<typeof phases>,
  now: Date,
): Promise<Date | null> {
  const stored = await readPhases(transaction, scheduleId);
  const current = stored.find(({ position }) => position === currentPhase);
  const start = current ? current.endsAt : (sent[0]?.startsAt ?? stored[0]?.startsAt ?? now);
  if (!start) refuse("CONFLICT", "The current phase has no end, so none can follow it.", ["phases"]);
  if (start < now)
    refuse("INVALID", "The first of these phases starts now or later.", ["phases", "0", "startsAt"]);
  const [first] = stored;
  const currency =
    first && (subscriptionId || current) ? await currencyOf(transaction, first.items[0]?.priceId) : null;
  const place = { environmentId, scheduleId, start, position: (currentPhase ?? 0) + 1, currency };
  const replaced = await planPhases(transaction, sent, place);
  const gone = stored.filter(({ position }) => position > (currentPhase ?? 0)).map(({ id }) => id);
  await transaction.query(Prisma.sql`
    DELETE FROM subscription_phase_items WHERE environment_id = ${environmentId}::uuid AND phase_id = ANY(${gone}::uuid[])`);
  await transaction.query(Prisma.sql`
    DELETE FROM subscription_phases WHERE environment_id = ${environmentId}::uuid AND id = ANY(${gone}::uuid[])`);
  await insertPhases(transaction, replaced);
  return start;
}

async function currencyOf(
  { query, environmentId }: Transaction,
  priceId: string | undefined,
): Promise<string | null> {
  const [price] = await query<{ currency: string }>(Prisma.sql`
    SELECT p.currency FROM prices p WHERE p.environment_id = ${environmentId}::uuid AND p.id = ${priceId}::uuid`);
  return price?.currency ?? null;
}
