import { writerOf } from "../../../graph/context.ts";
import { mutation } from "../../../graph/mutations.ts";
import { createSubscription } from "../create.ts";
import { CreateSubscriptionInput } from "../inputs/create.ts";
import { type SubscriptionResult, invoiceField, subscriptionField } from "./payload.ts";

mutation<object, SubscriptionResult>("createSubscription", {
  description:
    "Creates a subscription of a customer, and the invoice of its first period with it, unless its start is yet to come or a trial comes first. All or nothing.",
  scope: "subscriptions:write",
  input: CreateSubscriptionInput as never,
  payload: (t) => ({
    subscription: subscriptionField(t as never),
    invoice: invoiceField(t as never, "The invoice of its first period; null when nothing is billed yet."),
  }),
  run: (input, context) => createSubscription(context.database, writerOf(context), input),
});
