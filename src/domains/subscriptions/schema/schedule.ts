import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type ScheduleFilter, schedules } from "../loaders.ts";
import { ScheduleEndBehavior, ScheduleStatus } from "./schedule-enums.ts";

export const SubscriptionSchedule = entity(
  "SubscriptionSchedule",
  "subscription_schedules:read",
  builder.prismaObject("SubscriptionSchedule", {
    description: "What a subscription will be, phase after phase.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      version: t.exposeInt("version", {
        description:
          "Starts at 1 and grows by one with every change. Give it as `expectedVersion` to guard an update.",
      }),
      status: t.expose("status", { type: ScheduleStatus, description: "Where it stands." }),
      endBehavior: t.expose("endBehavior", {
        type: ScheduleEndBehavior,
        description: "What comes after the last phase.",
      }),
      currentPhase: t.exposeInt("currentPhase", {
        nullable: true,
        description: "The position of the phase that it is in; null before the first and after the last.",
      }),
      nextStepAt: t.expose("nextStepAt", {
        type: "DateTime",
        nullable: true,
        description: "When the next phase starts or the last one ends; null when nothing is left to do.",
      }),
      canceledAt: t.expose("canceledAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was canceled; null when it was not.",
      }),
      completedAt: t.expose("completedAt", {
        type: "DateTime",
        nullable: true,
        description: "When its last phase ended; null when it has not.",
      }),
      releasedAt: t.expose("releasedAt", {
        type: "DateTime",
        nullable: true,
        description: "When its subscription was released; null when it was not.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

relation("SubscriptionSchedule", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Whose subscription it drives.",
});
relation("SubscriptionSchedule", "subscription", {
  to: "BillingSubscription",
  by: "subscriptionId",
  description: "The subscription that it drives; null until the first phase starts it.",
});

byIdQuery(
  "subscriptionSchedule",
  "SubscriptionSchedule",
  SubscriptionSchedule,
  "The schedule with this id; null when there is none.",
);

const filter = builder.inputRef<ScheduleFilter>("SubscriptionScheduleFilter").implement({
  description: "Which schedules.",
  fields: (t) => ({
    status: t.field({
      type: [ScheduleStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    customerId: t.id({ description: "Schedules of this customer." }),
    subscriptionId: t.id({ description: "Schedules of this subscription." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(schedules, SubscriptionSchedule, filter, {
  CREATED_AT: "When the schedule was created.",
});

listQuery("subscriptionSchedules", list, "The schedules of all customers.");
listUnder(list, {
  parent: "BillingSubscription",
  name: "schedules",
  by: "subscriptionId",
  description: "The schedules that drive or have driven it, latest first; one of them at most is live.",
});
listUnder(list, {
  parent: "Customer",
  name: "subscriptionSchedules",
  by: "customerId",
  description: "The schedules of the customer's subscriptions.",
});
