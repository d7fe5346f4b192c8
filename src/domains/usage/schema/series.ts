import { builder } from "../../../graph/builder.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { requestError } from "../../../graph/errors.ts";
import { loadById } from "../../../graph/loaders.ts";
import { Period } from "../../../graph/values.ts";
import { pricedAbove } from "../../../graph/sizes.ts";
import { isId } from "../../../kit/ids.ts";
import { isTimeZone } from "../../../kit/time-zone.ts";
import { type UsageWindow as Window, bucketsOf, mostBuckets } from "../buckets.ts";
import { mostGroups } from "../figures/statement.ts";
import { type UsagePoint as Point, type UsageSeries as Series, seriesOf } from "../series.ts";
import { type Sent, otherGroupsDescription, readUsageArguments, usageArguments } from "./arguments.ts";
import { type Wanted, ofCustomer, ofMeter, ofSubscription, readsUsage } from "./reads-usage.ts";
import { sizeOfUsage } from "./sizes.ts";

const UsageWindow = describedEnum<Window>(
  "UsageWindow",
  "How long the windows of a series are, by the clock and the calendar of its time zone.",
  {
    MINUTE: "A minute.",
    HOUR: "An hour, from each full hour that clocks show.",
    DAY: "A day of the calendar: 23 or 25 hours where clocks are put forward or back.",
    WEEK: "A week from Monday on.",
    MONTH: "A month of the calendar.",
  },
);

const UsagePoint = builder.objectRef<Point>("UsagePoint").implement({
  description: "What a meter measured in one window of a series.",
  fields: (t) => ({
    period: t.field({
      type: Period,
      description: "The window; the first and the last are cut to the span that was asked for.",
      resolve: ({ period }) => period,
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
      description: "How many events there are. Voided ones are none.",
      resolve: ({ eventCount }) => eventCount,
    }),
  }),
});

const UsageSeries = builder.objectRef<Series>("UsageSeries").implement({
  description: "What one meter measured, window by window.",
  fields: (t) => ({
    meter: t.field({
      type: "Meter" as never,
      nullable: true,
      description: "The meter.",
      authScopes: { scope: "meters:read" },
      resolve: ({ meterId }, _args, context) => loadById(context, "Meter", meterId) as never,
    }),
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
    points: t.field({
      type: [UsagePoint],
      description: "A point for each window, in the order of time, also where nothing was used.",
      ...pricedAbove(),
      resolve: ({ points }) => points as Point[],
    }),
  }),
});

interface SentSeries extends Sent {
  readonly window: Window;
  readonly timeZone?: string | null | undefined;
  /** The meter; without one, the object that is asked is one. */
  readonly meterId?: string;
}

function seriesBy(sent: SentSeries): Wanted<Series[]> {
  const zone = sent.timeZone ?? "UTC";
  if (!isTimeZone(zone)) {
    throw requestError(
      "INVALID_REQUEST",
      "usageSeries: timeZone must be an IANA name such as Europe/Berlin.",
    );
  }
  const { span, ...chosen } = readUsageArguments("usageSeries", sent, zone);
  const spans = bucketsOf(span, sent.window, zone);
  if (!spans) {
    const message = `usageSeries: the span has more than ${mostBuckets} windows. Ask for a shorter span, or for longer windows.`;
    throw requestError("INVALID_REQUEST", message);
  }
  const { meterId } = sent;
  const meterIds = meterId === undefined ? undefined : [meterId].filter(isId);
  return {
    query: { ...chosen, spans, meterIds, parts: ["total", "eventCount"] },
    show: (rows) => seriesOf(rows, spans),
  };
}

type Arguments = Parameters<typeof usageArguments>[0];

const seriesArguments = (t: Arguments) => ({
  ...usageArguments(t),
  window: t({
    type: UsageWindow,
    required: true,
    defaultValue: "DAY",
    description: "How long the windows are.",
  }),
  timeZone: t.string({
    description:
      "Whose clock and calendar the windows go by: an IANA name such as `Europe/Berlin`; UTC unless said.",
  }),
});

const meterOf = (t: Arguments) => t.id({ required: true, description: "The meter." });

const what = `: one series, or with \`groupBy\` one for each of the ${mostGroups} texts of the property with the most events, and one for all others together. Empty for an unknown meter. The span is the current calendar month of the time zone unless said, and has at most ${mostBuckets} windows.`;

const size = sizeOfUsage("groupBy", "window");

builder.prismaObjectField("Customer", "usageSeries", (t) =>
  t.field({
    type: [UsageSeries],
    nullable: true,
    description: `What the customer used of a meter, window by window${what}`,
    authScopes: { scope: "usage:read" },
    args: { ...seriesArguments(t.arg), meterId: meterOf(t.arg) },
    ...readsUsage(ofCustomer, size, seriesBy),
  }),
);

builder.prismaObjectField("BillingSubscription", "usageSeries", (t) =>
  t.field({
    type: [UsageSeries],
    nullable: true,
    description: `What was used of a meter by events that were sent for the subscription, window by window${what}`,
    authScopes: { scope: "usage:read" },
    args: { ...seriesArguments(t.arg), meterId: meterOf(t.arg) },
    ...readsUsage(ofSubscription, size, seriesBy),
  }),
);

builder.prismaObjectField("Meter", "usageSeries", (t) =>
  t.field({
    type: [UsageSeries],
    nullable: true,
    description: `What the meter measured of all customers, window by window${what}`,
    authScopes: { scope: "usage:read" },
    args: seriesArguments(t.arg),
    ...readsUsage(ofMeter, size, seriesBy),
  }),
);
