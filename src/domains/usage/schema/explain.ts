import { builder } from "../../../graph/builder.ts";
import { listOf } from "../../../graph/connections.ts";
import { loadById } from "../../../graph/loaders.ts";
import { Money, Period } from "../../../graph/values.ts";
import { type ExplainedUsage, explainLine } from "../../subscriptions/index.ts";
import { countedEvents } from "../figures/counted-events.ts";
import { usageEventList } from "./event.ts";

const UsageExplanation = builder.objectRef<ExplainedUsage>("UsageExplanation").implement({
  description: "What a line of an invoice bills of usage, and the events that it comes from.",
  fields: (t) => ({
    meter: t.field({
      type: "Meter" as never,
      nullable: true,
      description: "The meter that measured it.",
      authScopes: { scope: "meters:read" },
      resolve: ({ charge }, _args, context) => loadById(context, "Meter", charge.meterId) as never,
    }),
    period: t.field({
      type: Period,
      description: "The time that it is of.",
      resolve: ({ charge: { startsAt: start, endsAt: end } }) => ({ start, end }),
    }),
    billedQuantity: t.field({
      type: "Decimal",
      nullable: true,
      description: "The units that were billed of it so far, by this line and those that correct it.",
      resolve: ({ charge }) => charge.quantity,
    }),
    billedAmount: t.field({
      type: Money,
      nullable: true,
      description: "What these units came to, before discounts and tax.",
      resolve: ({ charge: { amount }, currency }) => (amount === null ? null : { amount, currency }),
    }),
    countedFrom: t.field({
      type: "DateTime",
      description:
        "Since when units count towards the tiers of the price: the start of the period, also where the price changed within it.",
      resolve: ({ charge }) => charge.countedFrom,
    }),
    events: t.field({
      ...listOf(usageEventList, ({ requests }: ExplainedUsage) => [countedEvents(requests)]),
      nullable: true,
      description: "The events that count for it now, also those that came after it was billed.",
      authScopes: { scope: "usage:read" },
    } as never),
  }),
});

builder.queryField("explainUsage", (t) =>
  t.field({
    type: UsageExplanation,
    nullable: true,
    description:
      "The usage that a line of an invoice bills or corrects; null for a line that has to do with none, and where there is no such line.",
    authScopes: { scope: "invoices:read" },
    args: { lineId: t.arg.id({ required: true, description: "The id of the line." }) },
    resolve: (_root, { lineId }, { reads: { query, confined }, viewer: { environmentId } }) =>
      explainLine({ environmentId, query, confined }, lineId),
  }),
);
