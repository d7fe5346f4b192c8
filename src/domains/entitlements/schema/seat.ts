import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type SeatFilter, seats } from "../loaders.ts";

export const Seat = entity(
  "Seat",
  "entitlements:read",
  builder.prismaObject("Seat", {
    description:
      "A person with one of the seats that an item of a subscription gives. Once there are fewer seats than people, those who got theirs last have none until there are enough again.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      userId: t.exposeString("userId", {
        nullable: true,
        description: "The merchant's own id of the person; null where only the e-mail address is known.",
      }),
      email: t.exposeString("email", { nullable: true, description: "The e-mail address, in lower case." }),
      assignedAt: t.expose("assignedAt", {
        type: "DateTime",
        description: "Since when, by the customer's clock.",
      }),
      unassignedAt: t.expose("unassignedAt", {
        type: "DateTime",
        nullable: true,
        description: "Since when the seat is free again; null while the person has it.",
      }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
      createdBy: t.exposeString("createdBy", {
        nullable: true,
        description: "Who assigned it: `key:<id of the API key>`.",
      }),
      updatedBy: t.exposeString("updatedBy", {
        nullable: true,
        description: "Who changed it last, in the same form.",
      }),
    }),
  }),
);

relation("Seat", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Whose subscription it is of.",
});
relation("Seat", "subscription", {
  to: "BillingSubscription",
  by: "subscriptionId",
  description: "The subscription that it is of.",
});
relation("Seat", "subscriptionItem", {
  to: "SubscriptionItem",
  by: "subscriptionItemId",
  description: "The item whose quantity says how many seats there are.",
});
relation("Seat", "benefit", { to: "Benefit", by: "benefitId", description: "What it is a seat of." });

byIdQuery("seat", "Seat", Seat, "The seat with this id; null when there is none.");

const filter = builder.inputRef<SeatFilter>("SeatFilter").implement({
  description: "Which seats.",
  fields: (t) => ({
    customerId: t.id({ description: "Of this customer's subscriptions." }),
    subscriptionItemId: t.id({ description: "Of this item." }),
    benefitId: t.id({ description: "Of this benefit." }),
    userId: t.string({ description: "Of the person with this id of the merchant's own." }),
    email: t.string({ description: "Of the person with this e-mail address, in any case." }),
    assigned: t.boolean({ description: "Only seats that people have, or only those that they had." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(seats, Seat, filter, { CREATED_AT: "When the seat was assigned." });

listQuery("seats", list, "The seats that people have and had, latest first.");
for (const [parent, by, of] of [
  ["Customer", "customerId", "the customer's subscriptions"],
  ["BillingSubscription", "subscriptionId", "the subscription"],
  ["SubscriptionItem", "subscriptionItemId", "the item"],
  ["Benefit", "benefitId", "the benefit"],
] as const) {
  listUnder(list, {
    parent,
    name: "seats",
    by,
    description: `The seats of ${of} that people have and had, latest first.`,
  });
}
