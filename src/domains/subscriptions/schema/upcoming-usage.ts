import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import type { Context } from "../../../graph/context.ts";
import { loadById, loader } from "../../../graph/loaders.ts";
import { Money, Period } from "../../../graph/values.ts";
import { Decimal } from "../../../kit/decimal.ts";
import { total } from "../../../kit/money.ts";
import { readLiveSubscriptions } from "../live.ts";
import {
  type UpcomingUsage as Upcoming,
  type UsageBalance as Balance,
  balancesOf,
  readUpcomingUsage,
} from "../usage/upcoming.ts";
import { PreviewedLine } from "./previewed-line.ts";

const UpcomingUsage = builder.objectRef<Upcoming>("UpcomingUsage").implement({
  description: "What the next invoice of a subscription will bill of its usage, as things stand now.",
  fields: (t) => ({
    period: t.field({
      type: Period,
      nullable: true,
      description: "The time whose usage it bills; null where none is billed, as in a trial.",
      resolve: ({ period }) => period,
    }),
    lines: t.field({
      type: [PreviewedLine],
      description: "Its lines: what was used in the period by now, and what corrects earlier ones.",
      resolve: ({ lines, subscription: { currency } }) => lines.map((line) => ({ ...line, currency })),
    }),
    total: t.field({
      type: Money,
      description: "What the lines come to, before discounts and tax. Below zero where more is given back.",
      resolve: ({ lines, subscription: { currency } }) => ({
        amount: total(lines.map(({ amount }) => amount)),
        currency,
      }),
    }),
  }),
});

const UsageBalance = builder.objectRef<Balance>("UsageBalance").implement({
  description: "What was used of a metered item in the current period, beside what its price includes.",
  fields: (t) => {
    const figure = (description: string, value: (balance: Balance) => Decimal) =>
      t.field({ type: "Decimal", description, resolve: value });
    return {
      subscriptionItem: t.field({
        type: "SubscriptionItem" as never,
        nullable: true,
        description: "The item.",
        authScopes: { scope: "subscriptions:read" },
        resolve: ({ charge }, _args, context) =>
          loadById(context, "SubscriptionItem", charge.subscriptionItemId) as never,
      }),
      meter: t.field({
        type: "Meter" as never,
        nullable: true,
        description: "The meter that measures it.",
        authScopes: { scope: "meters:read" },
        resolve: ({ charge }, _args, context) => loadById(context, "Meter", charge.meterId) as never,
      }),
      price: t.field({
        type: "Price" as never,
        nullable: true,
        description: "The price that it is billed at now.",
        authScopes: { scope: "prices:read" },
        resolve: ({ charge }, _args, context) => loadById(context, "Price", charge.priceId) as never,
      }),
      period: t.field({
        type: Period,
        description: "The time that it is of: the current period, from when the item was there.",
        resolve: ({ period }) => period,
      }),
      current: figure("How much was used by now, in units of the meter.", ({ current }) => current),
      included: figure(
        "The units that cost nothing before others do: those of the first graduated tiers without amounts.",
        ({ included }) => included,
      ),
      used: figure("How many of the included units are used.", ({ current, included }) =>
        Decimal.min(Decimal.max(current, 0), included),
      ),
      remaining: figure(
        "How many of the included units are left; 0 when all are used.",
        ({ current, included }) => Decimal.max(included.minus(current), 0),
      ),
      overage: figure("How much was used beyond the included units.", ({ current, included }) =>
        Decimal.max(current.minus(included), 0),
      ),
      estimatedAmount: t.field({
        type: Money,
        description:
          "What the invoice of the period will bill for it if nothing more is used, before discounts and tax: by the invoice's own arithmetic, a minimum included.",
        resolve: ({ amount, currency }) => ({ amount, currency }),
      }),
    };
  },
});

function load(context: Context, id: string): Promise<Upcoming | null> {
  return loader<Upcoming | null>(context, "upcomingUsage", (ids) => {
    const { query, confined } = context.reads;
    const { environmentId } = context.viewer;
    return readUpcomingUsage({ environmentId, query, confined }, ids, new Date());
  }).load(id);
}

builder.prismaObjectField("BillingSubscription", "upcomingUsage", (t) =>
  t.field({
    type: UpcomingUsage,
    nullable: true,
    description: "What its next invoice will bill of its usage, as things stand now; null once it has ended.",
    authScopes: { scope: "usage:read" },
    ...reads("id"),
    resolve: async ({ id }, _args, context) => {
      const usage = await load(context, id);
      return usage?.subscription.endedAt ? null : usage;
    },
  }),
);
builder.prismaObjectField("BillingSubscription", "usageBalance", (t) =>
  t.field({
    type: [UsageBalance],
    nullable: true,
    description:
      "What was used in the current period, one entry for every metered item, by position; empty where no usage is billed, as in a trial.",
    authScopes: { scope: "usage:read" },
    ...reads("id"),
    resolve: async ({ id }, _args, context) => {
      const usage = await load(context, id);
      return usage ? balancesOf(usage) : [];
    },
  }),
);
builder.prismaObjectField("Customer", "usageBalance", (t) =>
  t.field({
    type: [UsageBalance],
    nullable: true,
    description:
      "What was used in the current periods of all of the customer's subscriptions, the oldest first.",
    authScopes: { scope: "usage:read" },
    ...reads("id"),
    resolve: async ({ id }, _args, context) => {
      const ids = await loader<readonly string[]>(context, "liveSubscriptions", (customerIds) =>
        readLiveSubscriptions({ ...context.reads, environmentId: context.viewer.environmentId }, customerIds),
      ).load(id);
      const usage = await Promise.all(ids.map((one) => load(context, one)));
      return usage.flatMap((one) => (one ? balancesOf(one) : []));
    },
  }),
);
