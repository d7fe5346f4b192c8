import { builder } from "../../../graph/builder.ts";
import { BillingEndStrategy, PauseBehavior } from "./enums.ts";

// How long a subscription lasts, and how it is interrupted.
builder.prismaObjectFields("BillingSubscription", (t) => ({
  cyclesBilled: t.exposeInt("cyclesBilled", { description: "How many periods it has been billed for." }),
  billingEndStrategy: t.expose("billingEndStrategy", {
    type: BillingEndStrategy,
    description: "How it ends by itself.",
  }),
  billingEndsOn: t.expose("billingEndsOn", {
    type: "DateTime",
    nullable: true,
    description: "When it expires; null unless the strategy is ON_DATE.",
  }),
  billingMaxCycles: t.exposeInt("billingMaxCycles", {
    nullable: true,
    description: "How many periods it is billed for; null unless the strategy is AFTER_CYCLES.",
  }),
  trialStart: t.expose("trialStart", {
    type: "DateTime",
    nullable: true,
    description: "When the free trial began or begins; null when there was none.",
  }),
  pauseAtPeriodEnd: t.exposeBoolean("pauseAtPeriodEnd", {
    description: "Whether it will be paused when the current period ends.",
  }),
  pauseBehavior: t.expose("pauseBehavior", {
    type: PauseBehavior,
    nullable: true,
    description: "What becomes of its invoices while it is paused; null while it is not.",
  }),
  pausedAt: t.expose("pausedAt", {
    type: "DateTime",
    nullable: true,
    description: "Since when it is paused; null while it is not.",
  }),
  resumesAt: t.expose("resumesAt", {
    type: "DateTime",
    nullable: true,
    description: "When it will be resumed; null when no date is set.",
  }),
}));
