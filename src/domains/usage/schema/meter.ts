import type {
  MeterAggregation as Aggregation,
  MeterStatus as Status,
} from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery } from "../../../graph/connections.ts";
import { reads } from "../../../graph/columns.ts";
import { Node, byIdQuery, entity } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import type { Condition } from "../figures/conditions.ts";
import { type MeterFilter, meters } from "../loaders/lists.ts";
import { UsageCondition } from "../../../graph/usage-conditions.ts";
import { recordField } from "../../../graph/record-fields.ts";

export const MeterAggregation = describedEnum<Aggregation>(
  "MeterAggregation",
  "How the events of a span of time become one figure. It never changes.",
  {
    COUNT: "How many events there are; their quantities do not matter. 0 without events.",
    SUM: "The quantities added up. 0 without events.",
    MAX: "The largest quantity. Null without events.",
    COUNT_UNIQUE:
      "How many different values the property `uniqueKey` has; events without it do not count. 0 without events.",
    LAST: "The quantity of the latest event; of several at the same instant, the one with the largest id. Null without events.",
    AVG: "The sum of the quantities by the number of events, at 12 digits after the point. Null without events.",
    MIN: "The smallest quantity. Null without events.",
    WEIGHTED_SUM:
      "What was held on average: each quantity is a change that counts for the share of the time it was there for, at 12 digits after the point. 0 without events.",
  },
);

export const MeterStatus = describedEnum<Status>("MeterStatus", "Whether a meter measures.", {
  DRAFT: "Takes no events yet. Goes on to ACTIVE and ARCHIVED.",
  ACTIVE: "Takes events. Goes on to ARCHIVED.",
  ARCHIVED: "Takes no more events; what it measured stays. Goes back to ACTIVE.",
});

export const Meter = entity(
  "Meter",
  "meters:read",
  builder.prismaObject("Meter", {
    description: "What is measured, and how its events become one figure.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      name: t.exposeString("name", { description: "The name, for people." }),
      description: t.exposeString("description", {
        nullable: true,
        description: "What it measures, for people.",
      }),
      eventName: t.exposeString("eventName", {
        description: "The name that its events are sent under, unique in the environment. It never changes.",
      }),
      aggregation: t.expose("aggregation", {
        type: MeterAggregation,
        description: "How events become one figure.",
      }),
      uniqueKey: t.exposeString("uniqueKey", {
        nullable: true,
        description:
          "The property of events whose different values are counted; null unless it is COUNT_UNIQUE.",
      }),
      valueKey: t.exposeString("valueKey", {
        nullable: true,
        description: "The property of events that is measured in place of their quantity, if one is.",
      }),
      valueExpression: t.exposeString("valueExpression", {
        nullable: true,
        description: "The arithmetic whose result is measured in place of the quantity, if there is one.",
      }),
      filters: t.field({
        type: [UsageCondition],
        description: "What must hold of the properties of an event for it to be taken: all of these.",
        ...reads("filters"),
        resolve: ({ filters }) => filters as unknown as readonly Condition[] as Condition[],
      }),
      carryForward: t.exposeBoolean("carryForward", {
        description:
          "Whether what was there before a span of time is there at its start: for LAST the latest value, for WEIGHTED_SUM all changes.",
      }),
      alertThresholds: t.exposeIntList("alertThresholds", {
        description:
          "At how many per cent of the units that a period includes usage is told of, in ascending order; empty for a meter that is not watched.",
      }),
      unitName: t.exposeString("unitName", {
        nullable: true,
        description: "What one unit is called: `request`, `GB`.",
      }),
      status: t.expose("status", { type: MeterStatus, description: "Whether it measures." }),
      metadata: t.expose("metadata", recordField.metadata),
      version: t.exposeInt("version", { description: "Counts its changes, from 1." }),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

byIdQuery("meter", "Meter", Meter, "The meter with this id; null when there is none.");

const filter = builder.inputRef<MeterFilter>("MeterFilter").implement({
  description: "Which meters.",
  fields: (t) => ({
    status: t.field({
      type: [MeterStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    eventName: t.string({ description: "The meter whose events have exactly this name." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(meters, Meter, filter, {
  CREATED_AT: "When the meter was created.",
  NAME: "The name, in any case.",
});

listQuery("meters", list, "The meters of the environment.");
