import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Period, Recurrence } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type SubscriptionFilter, subscriptions } from "../loaders.ts";
import { CollectionMethod, ProrationMode, SubscriptionStatus } from "./enums.ts";

export const BillingSubscription = entity(
  "BillingSubscription",
  "subscriptions:read",
  builder.prismaObject("BillingSubscription", {
    description: "An agreement to bill a customer again and again, for one or more items.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      version: t.exposeInt("version", {
        description:
          "Starts at 1 and grows by one with every change. Give it as `expectedVersion` to guard an update.",
      }),
      status: t.expose("status", { type: SubscriptionStatus, description: "Where it stands." }),
      currency: t.expose("currency", { type: "Currency", description: "The currency of all its invoices." }),
      collectionMethod: t.expose("collectionMethod", {
        type: CollectionMethod,
        description: "How it is paid.",
      }),
      recurring: t.field({
        type: Recurrence,
        description: "How often it is billed. All its items share this.",
        ...reads("interval", "intervalCount"),
        resolve: ({ interval, intervalCount: count }) => ({ interval, count }),
      }),
      billingAnchorDay: t.exposeInt("billingAnchorDay", {
        description:
          "The day of the month on which periods start, 1 to 31; the last day in months that are shorter.",
      }),
      timezone: t.exposeString("timezone", {
        description:
          "The IANA time zone in whose calendar its periods are counted: the customer's when it was created.",
      }),
      prorationMode: t.expose("prorationMode", {
        type: ProrationMode,
        description: "What changes within a period do unless they say.",
      }),
      startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began, or will." }),
      currentPeriod: t.field({
        type: Period,
        description: "The billing period that it is in. Its end is the next renewal.",
        ...reads("currentPeriodStart", "currentPeriodEnd"),
        resolve: ({ currentPeriodStart: start, currentPeriodEnd: end }) => ({ start, end }),
      }),
      trialEnd: t.expose("trialEnd", {
        type: "DateTime",
        nullable: true,
        description: "When the free trial ends or ended; null when there was none.",
      }),
      cancelAt: t.expose("cancelAt", {
        type: "DateTime",
        nullable: true,
        description: "The date at which it will be canceled; null when none is set.",
      }),
      cancellationReason: t.exposeString("cancellationReason", {
        nullable: true,
        description: "Why it was or will be canceled.",
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
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

relation("BillingSubscription", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Who is billed.",
});

byIdQuery(
  "subscription",
  "BillingSubscription",
  BillingSubscription,
  "The subscription with this id; null when there is none.",
);

const filter = builder.inputRef<SubscriptionFilter>("BillingSubscriptionFilter").implement({
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

const list = defineList(subscriptions, BillingSubscription, filter, {
  CREATED_AT: "When the subscription was created.",
});

listQuery("subscriptions", list, "The subscriptions of all customers.");
listUnder(list, {
  parent: "Customer",
  name: "subscriptions",
  by: "customerId",
  description: "The customer's subscriptions, whatever their state.",
});
