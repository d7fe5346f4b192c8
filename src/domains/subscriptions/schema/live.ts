import { liveChanges } from "../../../graph/live.ts";
import "./subscription.ts";

liveChanges("subscription", {
  model: "BillingSubscription",
  objectType: "subscription",
  ofCustomer: true,
  description: "Subscriptions as they are created, renewed, changed, paused, resumed and canceled.",
});
