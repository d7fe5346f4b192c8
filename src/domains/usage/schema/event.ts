import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { type UsageEventFilter, usageEvents } from "../loaders/lists.ts";

export const UsageEvent = entity(
  "UsageEvent",
  "usage:read",
  builder.prismaObject("UsageEvent", {
    description:
      "One measured use of something by a customer. What it measured never changes: it may be voided, or replaced by another one.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      quantity: t.expose("quantity", {
        type: "Decimal",
        description: "How much was used, as it was sent.",
      }),
      value: t.field({
        type: "Decimal",
        description:
          "What the meter measured: the quantity, or what its property or expression gave when the event was stored.",
        ...reads("value", "quantity"),
        resolve: ({ value, quantity }) => value ?? quantity,
      }),
      timestamp: t.expose("timestamp", { type: "DateTime", description: "When the use took place." }),
      idempotencyKey: t.exposeString("idempotencyKey", {
        description:
          "The sender's own id of the event, unique in the environment: the same one never counts twice.",
      }),
      properties: t.expose("properties", {
        type: "JSONObject",
        description: "What else the sender told, such as the `uniqueKey` of the meter.",
      }),
      voidedAt: t.expose("voidedAt", {
        type: "DateTime",
        nullable: true,
        description: "Since when it counts no more; null while it counts.",
      }),
      voidReason: t.exposeString("voidReason", {
        nullable: true,
        description: "Why it was voided, if that was said.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was stored." }),
    }),
  }),
);

relation("UsageEvent", "customer", { to: "Customer", by: "customerId", description: "Whose use it is." });
relation("UsageEvent", "meter", { to: "Meter", by: "meterId", description: "The meter that measured it." });
relation("UsageEvent", "subscription", {
  to: "BillingSubscription",
  by: "subscriptionId",
  description: "The subscription that it was sent for; null when it was sent for the customer.",
});
relation("UsageEvent", "replaces", {
  to: "UsageEvent",
  by: "replacesId",
  description: "The event that it took the place of; null for one that took nothing's.",
});

const filter = builder.inputRef<UsageEventFilter>("UsageEventFilter").implement({
  description: "Which usage events.",
  fields: (t) => ({
    customerId: t.id({ description: "Events of this customer." }),
    meterId: t.id({ description: "Events of this meter." }),
    subscriptionId: t.id({ description: "Events of this subscription." }),
    idempotencyKey: t.string({ description: "The event that was sent with exactly this idempotency key." }),
    timestamp: t.field({ type: DateTimeRange, description: "Used in this span of time." }),
    includeVoided: t.boolean({ description: "true: voided events too. They are left out unless said." }),
  }),
});

const list = defineList(usageEvents, UsageEvent, filter, { TIMESTAMP: "When the use took place." });

export { list as usageEventList };

listQuery("usageEvents", list, "The usage events of all customers that count.");
listUnder(list, {
  parent: "Customer",
  name: "usageEvents",
  by: "customerId",
  description: "What the customer used, by the events that count.",
});
listUnder(list, {
  parent: "Meter",
  name: "usageEvents",
  by: "meterId",
  description: "What the meter measured, by the events that count.",
});
listUnder(list, {
  parent: "BillingSubscription",
  name: "usageEvents",
  by: "subscriptionId",
  description: "What was used under the subscription, by the events that count.",
});
