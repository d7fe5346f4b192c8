import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Period, Recurrence } from "../../../graph/values.ts";
import { type SubscriptionFilter, subscriptions } from "../loaders.ts";
import { CollectionMethod, SubscriptionStatus } from "./enums.ts";

const Subscription = entity(
  "Subscription",
  "subscriptions:read",
  builder.prismaObject("Subscription", {
    description: "An agreement to bill a customer again and again, for one or more items.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      status: t.expose("status", { type: SubscriptionStatus, description: "Where it stands." }),
      currency: t.expose("currency", { type: "Currency", description: "The currency of all its invoices." }),
      collectionMethod: t.expose("collectionMethod", {
        type: CollectionMethod,
        description: "How it is paid.",
      }),
      recurring: t.field({
        type: Recurrence,
        description: "How often it is billed. All its items share this.",
        resolve: ({ interval, intervalCount: count }) => ({ interval, count }),
      }),
      billingAnchorDay: t.exposeInt("billingAnchorDay", {
        description:
          "The day of the month on which periods start, 1 to 31; the last day in months that are shorter.",
      }),
      startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
      currentPeriod: t.field({
        type: Period,
        description: "The billing period that it is in. Its end is the next renewal.",
        resolve: ({ currentPeriodStart: start, currentPeriodEnd: end }) => ({ start, end }),
      }),
      trialEnd: t.expose("trialEnd", {
        type: "DateTime",
        nullable: true,
        description: "When the free trial ends or ended; null when there was none.",
      }),
      cancelAtPeriodEnd: t.exposeBoolean("cancelAtPeriodEnd", {
        description: "Whether it will be canceled when the current period ends.",
      }),
      canceledAt: t.expose("canceledAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was decided to cancel it; null when it was not.",
      }),
      endedAt: t.expose("endedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it ended; null while it has not.",
      }),
      metadata: t.expose("metadata", {
        type: "JSONObject",
        description: "The merchant's own keys and values.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was created." }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
  }),
);

relation("Subscription", "customer", { to: "Customer", by: "customerId", description: "Who is billed." });

byIdQuery(
  "subscription",
  "Subscription",
  Subscription,
  "The subscription with this id; null when there is none.",
);

const filter = builder.inputRef<SubscriptionFilter>("SubscriptionFilter").implement({
  description: "Which subscriptions.",
  fields: (t) => ({
    status: t.field({
      type: [SubscriptionStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    customerId: t.id({ description: "Subscriptions of this customer." }),
    priceId: t.id({ description: "Subscriptions with an item at this price." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(subscriptions, Subscription, filter, {
  CREATED_AT: "When the subscription was created.",
});

listQuery("subscriptions", list, "The subscriptions of all customers.");
listUnder(list, {
  parent: "Customer",
  name: "subscriptions",
  by: "customerId",
  description: "The customer's subscriptions, whatever their state.",
});
