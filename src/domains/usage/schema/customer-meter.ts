import { builder } from "../../../graph/builder.ts";
import { loadById } from "../../../graph/loaders.ts";
import { isId } from "../../../kit/ids.ts";
import type { UsageRow } from "../figures/query.ts";
import { meterIdsArgument } from "./arguments.ts";
import { ofCustomer, readsUsage } from "./reads-usage.ts";
import { sizeOfUsage } from "./sizes.ts";

/** Whole hours around all events. */
const allTime = { start: new Date("0001-01-01T00:00:00Z"), end: new Date("9999-01-01T00:00:00Z") };

const CustomerMeter = builder.objectRef<UsageRow>("CustomerMeter").implement({
  description: "What a meter shows of a customer by now, over all time.",
  fields: (t) => ({
    meter: t.field({
      type: "Meter" as never,
      nullable: true,
      description: "The meter.",
      authScopes: { scope: "meters:read" },
      resolve: ({ meterId }, _args, context) => loadById(context, "Meter", meterId) as never,
    }),
    current: t.field({
      type: "Decimal",
      nullable: true,
      description:
        "The figure of all events by the meter's aggregation; for WEIGHTED_SUM what is held by now. Without events it is 0 for COUNT, COUNT_UNIQUE, SUM and WEIGHTED_SUM, and null for all others.",
      resolve: ({ current }) => current,
    }),
    eventCount: t.field({
      type: "SafeInt",
      description: "How many events there are, whatever the aggregation. Voided ones are none.",
      resolve: ({ eventCount }) => eventCount,
    }),
    lastEventAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the last of the events took place; null without events.",
      resolve: ({ lastEventAt }) => lastEventAt,
    }),
  }),
});

builder.prismaObjectField("Customer", "meters", (t) =>
  t.field({
    type: [CustomerMeter],
    nullable: true,
    description:
      "What each meter shows of the customer by now, by the meter's name, also where nothing was used.",
    authScopes: { scope: "usage:read" },
    args: {
      meterIds: meterIdsArgument(t.arg),
    },
    ...readsUsage(
      ofCustomer,
      sizeOfUsage("meterIds"),
      ({ meterIds }: { readonly meterIds?: readonly string[] | null | undefined }) => ({
        query: {
          spans: [allTime],
          meterIds: meterIds?.filter(isId),
          parts: ["current", "eventCount", "lastEventAt"],
        },
        show: (rows) => [...rows],
      }),
    ),
  }),
);
