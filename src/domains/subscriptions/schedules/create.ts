import { z } from "zod";
import { orStartOver } from "../../../db/changes.ts";
import type { Row } from "../../../db/datamodel.ts";
import { type Transaction, type TransactionHost, type Writer, transact } from "../../../db/transaction.ts";
import { insertRows } from "../../../db/writes.ts";
import { newId } from "../../../kit/ids.ts";
import { newMetadata, metadataInput, type Metadata } from "../../../kit/metadata.ts";
import { refuse } from "../../../kit/refusal.ts";
import { checked } from "../../../kit/validate.ts";
import { nowFor } from "../../clocks/index.ts";
import { customerReference, lockCustomers, requireCustomerId } from "../../customers/index.ts";
import { instant } from "../fields.ts";
import { lockSubscription } from "../operate.ts";
import { type Entered, enterPhase } from "./enter-phase.ts";
import { scheduleEvent } from "./events.ts";
import { endBehavior, phases } from "./fields.ts";
import { refuseScheduled } from "./live.ts";
import type { Schedule } from "./read.ts";
import { insertPhases, planPhases } from "./write-phases.ts";

const createInput = z.strictObject({
  customer: customerReference.nullish(),
  subscriptionId: z.string().nullish(),
  startDate: instant.nullish(),
  phases,
  endBehavior: endBehavior.nullish(),
  metadata: metadataInput.nullish(),
});

/** Schedules phases of a subscription that there is, or of one that the first phase starts. A phase that starts now is entered at once. */
export function createSchedule(host: TransactionHost, writer: Writer, sent: unknown): Promise<Entered> {
  const input = checked(createInput, sent);
  if ((input.customer == null) === (input.subscriptionId == null)) {
    refuse("INVALID", "Name either a customer or a subscription.", [
      input.customer ? "subscriptionId" : "customer",
    ]);
  }
  return transact(host, writer, async (transaction) => {
    const { customerId, subscription } = await whoseIsIt(transaction, input);
    const now = (await nowFor(transaction, [customerId])).get(customerId) ?? transaction.now;
    const start = input.startDate ?? input.phases[0]?.startsAt ?? now;
    if (start < now) refuse("INVALID", "The first phase starts now or later.", ["startDate"]);
    const schedule: Schedule = {
      environmentId: transaction.environmentId,
      id: newId(),
      customerId,
      subscriptionId: subscription?.id ?? null,
      status: "NOT_STARTED",
      endBehavior: input.endBehavior ?? "CANCEL",
      currentPhase: null,
      nextStepAt: start,
      canceledAt: null,
      completedAt: null,
      releasedAt: null,
      version: 1,
      metadata: newMetadata(input.metadata as Metadata),
      createdAt: now,
      updatedAt: now,
    };
    const { environmentId, id: scheduleId } = schedule;
    const place = { environmentId, scheduleId, start, position: 1, currency: subscription?.currency ?? null };
    const planned = await planPhases(transaction, input.phases, place);
    await orStartOver(insertRows(transaction, "SubscriptionSchedule", [schedule]));
    await insertPhases(transaction, planned);
    transaction.emit(scheduleEvent("subscription_schedule.created", schedule));
    if (start > now) return { schedule, invoice: null };
    return enterPhase(transaction, schedule, now);
  });
}

async function whoseIsIt(
  transaction: Transaction,
  { customer: reference, subscriptionId }: z.infer<typeof createInput>,
): Promise<{ customerId: string; subscription: Row<"BillingSubscription"> | null }> {
  if (subscriptionId != null) {
    const subscription = await lockSubscription(transaction, subscriptionId);
    if (subscription.status === "CANCELED" || subscription.status === "EXPIRED") {
      refuse("ILLEGAL_STATE", `The subscription is ${subscription.status}.`, ["subscriptionId"]);
    }
    await refuseScheduled(transaction, subscription.id);
    return { customerId: subscription.customerId, subscription };
  }
  const id = await requireCustomerId(transaction, transaction.environmentId, reference, ["customer"]);
  const customer = (await lockCustomers(transaction, [id])).get(id);
  if (customer?.status !== "ACTIVE") {
    refuse("ILLEGAL_STATE", "The customer is archived. Restore it first.", ["customer"]);
  }
  return { customerId: id, subscription: null };
}
