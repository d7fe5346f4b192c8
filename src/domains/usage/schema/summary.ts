import { builder } from "../../../graph/builder.ts";
import { requestError } from "../../../graph/errors.ts";
import { loadById } from "../../../graph/loaders.ts";
import { selection } from "../../../graph/pages.ts";
import { Period } from "../../../graph/values.ts";
import { type UsageSummary as Summary, loadUsage } from "../loaders/summaries.ts";
import { spanOf } from "../period.ts";

const UsageSummary = builder.objectRef<Summary>("UsageSummary").implement({
  description:
    "What one meter measured of a customer in a span of time, computed from the events when it is asked for.",
  fields: (t) => ({
    meter: t.field({
      type: "Meter" as never,
      nullable: true,
      description: "The meter.",
      authScopes: { scope: "meters:read" },
      resolve: ({ meterId }, _args, context) => loadById(context, "Meter", meterId) as never,
    }),
    period: t.field({ type: Period, description: "The span of time.", resolve: ({ period }) => period }),
    total: t.field({
      type: "Decimal",
      nullable: true,
      description:
        "The figure by the meter's aggregation. Without events it is null for MAX and LAST, and 0 for all others.",
      resolve: ({ total }) => total,
    }),
    eventCount: t.field({
      type: "SafeInt",
      description: "How many events there are, whatever the aggregation.",
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

builder.prismaObjectField("Customer", "usage", (t) =>
  t.field({
    type: [UsageSummary],
    nullable: true,
    description:
      "What the customer used in a span of time: one entry for every meter, by the meter's name, also where nothing was used. The span is the current calendar month in UTC unless said.",
    authScopes: { scope: "usage:read" },
    args: {
      from: t.arg({
        type: "DateTime",
        description: "The first instant of the span; that of the month unless said.",
      }),
      to: t.arg({
        type: "DateTime",
        description: "The first instant after the span; that of the month unless said.",
      }),
      meterIds: t.arg.idList({
        description: "Only these meters, in the same order. Ids of no meter are passed over.",
      }),
    },
    resolve: ({ id }, { from, to, meterIds }, context, info) => {
      const period = spanOf(from, to, new Date());
      if (period.start >= period.end) throw requestError("INVALID_REQUEST", "usage: from must be before to.");
      return loadUsage(context, id, { period, meterIds, wanted: selection(info) });
    },
  }),
);
