import type { ModelName } from "../../../db/datamodel.ts";
import type { StoredEvent } from "../../../db/events/read.ts";
import { builder } from "../../../graph/builder.ts";
import type { Context } from "../../../graph/context.ts";
import { loadEntity, scopeOf } from "../../../graph/entities.ts";
import { afterArgument, encodeEventCursor, liveEvents } from "../../../graph/live.ts";

/** The type of the events that tell of a threshold, as `domains/engine` writes them. */
const crossed = "usage.threshold.reached";

const text = (event: StoredEvent, name: string): string => String(event.data[name]);

/** A field that gives what the event names; null when it is gone. */
function named(model: ModelName, name: string, description: string) {
  return {
    type: model as never,
    nullable: true,
    description,
    authScopes: { scope: scopeOf(model) },
    resolve: (event: StoredEvent, _args: object, context: Context) =>
      loadEntity(context, model, text(event, name)) as never,
  } as const;
}

const UsageThresholdCrossing = builder.objectRef<StoredEvent>("UsageThresholdCrossing").implement({
  description:
    "That a customer has used as many per cent of the units that a period includes as a threshold of the meter says.",
  fields: (t) => ({
    cursor: t.string({
      description: "Where to go on after this event: `after` of the next stream.",
      resolve: ({ position }) => encodeEventCursor(position),
    }),
    eventId: t.id({ description: "The event's id, a UUID.", resolve: ({ id }) => id }),
    occurredAt: t.field({
      type: "DateTime",
      description: "When it was noticed.",
      resolve: (event) => event.createdAt,
    }),
    threshold: t.int({
      description: "The threshold, in per cent of the included units.",
      resolve: ({ data }) => Number(data["threshold"]),
    }),
    quantity: t.field({
      type: "Decimal",
      description: "The units that the period had then.",
      resolve: (event) => text(event, "quantity"),
    }),
    included: t.field({
      type: "Decimal",
      description: "The units that the period includes.",
      resolve: (event) => text(event, "included"),
    }),
    customer: t.field(named("Customer", "customerId", "Who used them.")),
    subscription: t.field(
      named("BillingSubscription", "subscriptionId", "The subscription that includes them."),
    ),
    meter: t.field(named("Meter", "meterId", "What measures them.")),
  }),
});

builder.subscriptionField("usageThresholdCrossed", (t) =>
  t.field({
    type: UsageThresholdCrossing,
    description:
      "Thresholds of meters (`Meter.alertThresholds`) as usage reaches them: each once for a subscription's item and period.",
    authScopes: { scope: "usage:read" },
    args: {
      customerId: t.arg.id({ description: "Only those of the customer with this id." }),
      after: t.arg.string(afterArgument),
    },
    subscribe: (_root, { customerId, after }, context) =>
      liveEvents(
        context,
        after,
        ({ type, data }) =>
          type === crossed && (customerId == null || data["customerId"] === customerId.toLowerCase()),
      ),
    resolve: (event) => event,
  }),
);
