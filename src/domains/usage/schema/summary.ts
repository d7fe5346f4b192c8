import type { GraphQLResolveInfo } from "graphql";
import { builder } from "../../../graph/builder.ts";
import { loadById } from "../../../graph/loaders.ts";
import { selection } from "../../../graph/pages.ts";
import { Period } from "../../../graph/values.ts";
import { isId } from "../../../kit/ids.ts";
import { type Span, type UsageRow, figureParts } from "../figures/query.ts";
import {
  type Sent,
  meterIdsArgument,
  otherGroupsDescription,
  readUsageArguments,
  usageArguments,
} from "./arguments.ts";
import { type Wanted, ofCustomer, ofMeter, ofSubscription, readsUsage } from "./reads-usage.ts";
import { sizeOfUsage } from "./sizes.ts";

interface Summary extends UsageRow {
  readonly period: Span;
}

const UsageSummary = builder.objectRef<Summary>("UsageSummary").implement({
  description: "What one meter measured in a span of time, exactly as the events are when it is asked for.",
  fields: (t) => ({
    meter: t.field({
      type: "Meter" as never,
      nullable: true,
      description: "The meter.",
      authScopes: { scope: "meters:read" },
      resolve: ({ meterId }, _args, context) => loadById(context, "Meter", meterId) as never,
    }),
    period: t.field({ type: Period, description: "The span of time.", resolve: ({ period }) => period }),
    group: t.string({
      nullable: true,
      description:
        "With `groupBy`, the text of the property that the events have; null for events without it, for `otherGroups`, and without `groupBy`.",
      resolve: ({ group }) => group,
    }),
    otherGroups: t.int({
      description: otherGroupsDescription,
      resolve: ({ otherGroups }) => otherGroups,
    }),
    total: t.field({
      type: "Decimal",
      nullable: true,
      description:
        "The figure by the meter's aggregation. Without events it is 0 for COUNT, COUNT_UNIQUE, SUM and WEIGHTED_SUM, and null for all others, unless something is carried over.",
      resolve: ({ total }) => total,
    }),
    eventCount: t.field({
      type: "SafeInt",
      description: "How many events there are, whatever the aggregation. Voided ones are none.",
      resolve: ({ eventCount }) => eventCount,
    }),
    firstEventAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the first of the events took place; null without events.",
      resolve: ({ firstEventAt }) => firstEventAt,
    }),
    lastEventAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the last of the events took place; null without events.",
      resolve: ({ lastEventAt }) => lastEventAt,
    }),
  }),
});

interface SentSummary extends Sent {
  readonly meterIds?: readonly string[] | null | undefined;
}

function summariesBy(sent: SentSummary, info: GraphQLResolveInfo): Wanted<Summary[]> {
  const { span, ...chosen } = readUsageArguments("usage", sent);
  const selected = selection(info);
  return {
    query: {
      ...chosen,
      spans: [span],
      meterIds: sent.meterIds?.filter(isId),
      parts: figureParts.filter((part) => selected.has(part)),
    },
    show: (rows) => rows.map((row) => Object.assign(row, { period: span })),
  };
}

const what =
  "one entry for every meter, at most 100, by the meter's name, also where nothing was used; with `groupBy` one for each of the 100 texts of the property with the most events, and one for all others together. The span is the current calendar month in UTC unless said.";

const sizeOfMeters = sizeOfUsage("meterIds", "groupBy");

builder.prismaObjectField("Customer", "usage", (t) =>
  t.field({
    type: [UsageSummary],
    nullable: true,
    description: `What the customer used in a span of time: ${what}`,
    authScopes: { scope: "usage:read" },
    args: { ...usageArguments(t.arg), meterIds: meterIdsArgument(t.arg) },
    ...readsUsage(ofCustomer, sizeOfMeters, summariesBy),
  }),
);

builder.prismaObjectField("BillingSubscription", "usage", (t) =>
  t.field({
    type: [UsageSummary],
    nullable: true,
    description: `What was used in a span of time by events that were sent for the subscription: ${what}`,
    authScopes: { scope: "usage:read" },
    args: { ...usageArguments(t.arg), meterIds: meterIdsArgument(t.arg) },
    ...readsUsage(ofSubscription, sizeOfMeters, summariesBy),
  }),
);

builder.prismaObjectField("Meter", "usage", (t) =>
  t.field({
    type: [UsageSummary],
    nullable: true,
    description:
      "What the meter measured of all customers in a span of time: one entry, or with `groupBy` one for each of the 100 texts of the property with the most events, and one for all others together. The span is the current calendar month in UTC unless said.",
    authScopes: { scope: "usage:read" },
    args: usageArguments(t.arg),
    ...readsUsage(ofMeter, sizeOfUsage("groupBy"), summariesBy),
  }),
);
