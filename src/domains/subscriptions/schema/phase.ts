import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type PhaseFilter, type PhaseItemFilter, phaseItems, phases } from "../loaders.ts";
import { CollectionMethod, ProrationMode } from "./enums.ts";

const SubscriptionPhase = entity(
  "SubscriptionPhase",
  "subscription_schedules:read",
  builder.prismaObject("SubscriptionPhase", {
    description: "A span of a schedule: from its start up to, and without, its end.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      position: t.exposeInt("position", { description: "Its place among the phases, from 1." }),
      startsAt: t.expose("startsAt", { type: "DateTime", description: "When it starts." }),
      endsAt: t.expose("endsAt", {
        type: "DateTime",
        nullable: true,
        description: "When it ends; null for the last one where it is open.",
      }),
      prorationMode: t.expose("prorationMode", {
        type: ProrationMode,
        description: "What its start does to the money of the running period.",
      }),
      collectionMethod: t.expose("collectionMethod", {
        type: CollectionMethod,
        nullable: true,
        description: "How invoices are paid from then on; null for as before.",
      }),
      trialEnd: t.expose("trialEnd", {
        type: "DateTime",
        nullable: true,
        description: "When the trial ends that a new subscription begins with; null for none.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
    }),
  }),
);

relation("SubscriptionPhase", "schedule", {
  to: "SubscriptionSchedule",
  by: "scheduleId",
  description: "The schedule that it is part of.",
  nullable: false,
});

relation("SubscriptionPhase", "discount", {
  to: "Discount",
  by: "discountId",
  description: "The discount that is redeemed when it starts; null for none.",
});

const SubscriptionPhaseItem = entity(
  "SubscriptionPhaseItem",
  "subscription_schedules:read",
  builder.prismaObject("SubscriptionPhaseItem", {
    description: "A price and a quantity in a phase.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      position: t.exposeInt("position", { description: "Its place among the items of the phase, from 1." }),
      quantity: t.expose("quantity", {
        type: "Decimal",
        description: "How many units are billed each period.",
      }),
    }),
  }),
);

relation("SubscriptionPhaseItem", "phase", {
  to: "SubscriptionPhase",
  by: "phaseId",
  description: "The phase that it is part of.",
  nullable: false,
});
relation("SubscriptionPhaseItem", "price", {
  to: "Price",
  by: "priceId",
  description: "What one unit costs.",
});

const phaseFilter = builder.inputRef<PhaseFilter>("SubscriptionPhaseFilter").implement({
  description: "Which phases.",
  fields: (t) => ({ position: t.int({ description: "The phase at this place." }) }),
});
const itemFilter = builder.inputRef<PhaseItemFilter>("SubscriptionPhaseItemFilter").implement({
  description: "Which items of phases.",
  fields: (t) => ({ priceId: t.id({ description: "Items at this price." }) }),
});

listUnder(
  defineList(phases, SubscriptionPhase, phaseFilter, { POSITION: "The order in which phases run." }),
  {
    parent: "SubscriptionSchedule",
    name: "phases",
    by: "scheduleId",
    description: "Its phases, in order.",
    nullable: false,
  },
);
listUnder(
  defineList(phaseItems, SubscriptionPhaseItem, itemFilter, { POSITION: "The place in the phase." }),
  {
    parent: "SubscriptionPhase",
    name: "items",
    by: "phaseId",
    description: "What is billed in it, by position.",
    nullable: false,
  },
);
