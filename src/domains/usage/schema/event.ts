import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { type UsageEventFilter, usageEvents } from "../loaders/lists.ts";

const UsageEvent = entity(
  "UsageEvent",
  "usage:read",
  builder.prismaObject("UsageEvent", {
    description: "One measured use of something by a customer. It never changes.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      quantity: t.expose("quantity", {
        type: "Decimal",
        description: "How much was used, in units of the meter.",
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
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was stored." }),
    }),
  }),
);

relation("UsageEvent", "customer", { to: "Customer", by: "customerId", description: "Whose use it is." });
relation("UsageEvent", "meter", { to: "Meter", by: "meterId", description: "The meter that measured it." });
relation("UsageEvent", "subscription", {
  to: "Subscription",
  by: "subscriptionId",
  description: "The subscription that it was sent for; null when it was sent for the customer.",
});

const filter = builder.inputRef<UsageEventFilter>("UsageEventFilter").implement({
  description: "Which usage events.",
  fields: (t) => ({
    customerId: t.id({ description: "Events of this customer." }),
    meterId: t.id({ description: "Events of this meter." }),
    subscriptionId: t.id({ description: "Events of this subscription." }),
    idempotencyKey: t.string({ description: "The event that was sent with exactly this idempotency key." }),
    timestamp: t.field({ type: DateTimeRange, description: "Used in this span of time." }),
  }),
});

const list = defineList(usageEvents, UsageEvent, filter, { TIMESTAMP: "When the use took place." });

listQuery("usageEvents", list, "The usage events of all customers.");
listUnder(list, {
  parent: "Customer",
  name: "usageEvents",
  by: "customerId",
  description: "What the customer used.",
});
listUnder(list, {
  parent: "Meter",
  name: "usageEvents",
  by: "meterId",
  description: "What the meter measured.",
});
listUnder(list, {
  parent: "Subscription",
  name: "usageEvents",
  by: "subscriptionId",
  description: "What was used under the subscription.",
});
