import type { InputRef } from "@pothos/core";
import type { TransactionHost, Writer } from "../../../db/transaction.ts";
import { writerOf } from "../../../graph/context.ts";
import type { Unchecked } from "../../../graph/inputs.ts";
import { mutation } from "../../../graph/mutations.ts";
import {
  CancelSubscriptionScheduleInput,
  CreateSubscriptionScheduleInput,
  ReleaseSubscriptionScheduleInput,
  UpdateSubscriptionScheduleInput,
} from "../inputs/schedule.ts";
import { SubscriptionSchedule } from "../schema/schedule.ts";
import {
  type ScheduleOutcome,
  cancelSchedule,
  releaseSchedule,
  updateSchedule,
} from "../schedules/change.ts";
import { createSchedule } from "../schedules/create.ts";
import { invoiceField } from "./payload.ts";

type Run = (host: TransactionHost, writer: Writer, input: unknown) => Promise<ScheduleOutcome>;

const operations: Readonly<Record<string, { run: Run; input: InputRef<Unchecked>; description: string }>> = {
  createSubscriptionSchedule: {
    run: createSchedule,
    input: CreateSubscriptionScheduleInput,
    description:
      "Schedules phases of a subscription: of one that there is, or of one that the first phase starts. A phase that starts now is entered at once.",
  },
  updateSubscriptionSchedule: {
    run: updateSchedule,
    input: UpdateSubscriptionScheduleInput,
    description: "Changes a schedule that is not over. The past and the current phase stay as they are.",
  },
  cancelSubscriptionSchedule: {
    run: cancelSchedule,
    input: CancelSubscriptionScheduleInput,
    description: "Ends a schedule that is not over, and cancels its subscription now.",
  },
  releaseSubscriptionSchedule: {
    run: releaseSchedule,
    input: ReleaseSubscriptionScheduleInput,
    description: "Ends a schedule that is not over; its subscription goes on as it is.",
  },
};

for (const [name, { run, input, description }] of Object.entries(operations)) {
  mutation<object, ScheduleOutcome>(name, {
    description,
    scope: "subscription_schedules:write",
    input: input as never,
    payload: (t) => ({
      schedule: t.field({
        type: SubscriptionSchedule,
        nullable: true,
        description: "The schedule after the call; null when it was refused.",
        resolve: ({ schedule }) => schedule,
      }),
      invoice: invoiceField(t as never, "What the call has billed at once; null when nothing."),
    }),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
