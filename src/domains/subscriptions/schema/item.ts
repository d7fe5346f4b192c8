import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder, onlyBy } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type SubscriptionItemFilter, subscriptionItems } from "../loaders.ts";

export const SubscriptionItem = entity(
  "SubscriptionItem",
  "subscriptions:read",
  builder.prismaObject("SubscriptionItem", {
    description: "One price and quantity on a subscription.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      position: t.exposeInt("position", {
        description: "Its place among the items of the subscription; the smallest comes first.",
      }),
      description: t.exposeString("description", {
        nullable: true,
        description: "What invoices call it; null for the name of the product.",
      }),
      quantity: t.expose("quantity", {
        type: "Decimal",
        description:
          "How many units are billed each period. Prices with a meter are billed by what it measured instead.",
      }),
      unitAmount: t.expose("unitAmount", {
        type: "Decimal",
        nullable: true,
        description:
          "What the customer chose to pay for one unit, in minor units; null unless the price leaves it to them.",
      }),
      removedAt: t.expose("removedAt", {
        type: "DateTime",
        nullable: true,
        description: "Since when it is billed no more; null while it is. Lists leave removed items out.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

relation("SubscriptionItem", "subscription", {
  to: "BillingSubscription",
  by: "subscriptionId",
  description: "The subscription that it is part of.",
  nullable: false,
});
relation("SubscriptionItem", "price", { to: "Price", by: "priceId", description: "What one unit costs." });

const filter = builder.inputRef<SubscriptionItemFilter>("SubscriptionItemFilter").implement({
  description: "Which items of subscriptions.",
  fields: (t) => ({
    priceId: t.id({ description: "Items at this price." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(subscriptionItems, SubscriptionItem, filter, {
  POSITION: "The place on the subscription.",
  CREATED_AT: "When the item was created.",
});

listUnder(list, {
  parent: "BillingSubscription",
  name: "items",
  by: "subscriptionId",
  description: "What the subscription bills for, by position.",
  nullable: false,
});
listUnder(onlyBy(list, "CREATED_AT", { kind: "Time", description: "When the item was created." }), {
  parent: "Price",
  name: "subscriptionItems",
  by: "priceId",
  description: "The items of subscriptions that are billed at this price, latest first.",
});
