import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange, Recurrence } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type CreditGrantFilter, creditGrants } from "../loaders.ts";
import { CreditGrantSource, CreditGrantStatus } from "./enums.ts";

export const CreditGrant = entity(
  "CreditGrant",
  "credits:read",
  builder.prismaObject("CreditGrant", {
    description: "Credit that was put into a wallet. Amounts are in the wallet's unit.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      name: t.exposeString("name", { nullable: true, description: "What it is called." }),
      source: t.expose("source", { type: CreditGrantSource, description: "Where it comes from." }),
      status: t.expose("status", { type: CreditGrantStatus, description: "Where it stands." }),
      amount: t.expose("amount", { type: "Decimal", description: "What it brings, each time that it does." }),
      remaining: t.expose("remaining", { type: "Decimal", description: "What of it can still be used." }),
      priority: t.exposeInt("priority", {
        description:
          "Of the grants of a wallet the one with the lowest is used first; then the one that expires first, then the oldest. 0 to 255.",
      }),
      effectiveAt: t.expose("effectiveAt", {
        type: "DateTime",
        description: "From when on it can be used. Recurrences are counted from there.",
      }),
      expiresAt: t.expose("expiresAt", {
        type: "DateTime",
        nullable: true,
        description: "The first instant at which it cannot be used any more; null for never.",
      }),
      recurrence: t.field({
        type: Recurrence,
        nullable: true,
        description: "How often it comes again; null for once.",
        ...reads("recurrenceInterval", "recurrenceCount"),
        resolve: recurrenceOf,
      }),
      rollOverLimit: t.expose("rollOverLimit", {
        type: "Decimal",
        nullable: true,
        description:
          "How much of what is left is kept when it comes again; null for nothing. The rest expires then.",
      }),
      recurrences: t.exposeInt("recurrences", { description: "How often it has come again." }),
      nextStepAt: t.expose("nextStepAt", {
        type: "DateTime",
        nullable: true,
        description: "When it begins, comes again or expires next; null for never.",
      }),
      voidedAt: t.expose("voidedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was voided; null unless it was.",
      }),
      voidReason: t.exposeString("voidReason", { nullable: true, description: "Why it was voided." }),
      version: t.exposeInt("version", {
        description: "Grows by one with every change but those of what is left of it.",
      }),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", {
        type: "DateTime",
        description: "When it was made, by the customer's clock.",
      }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
  }),
);

function recurrenceOf({ recurrenceInterval, recurrenceCount }: Row<"CreditGrant">) {
  return recurrenceInterval && recurrenceCount
    ? { interval: recurrenceInterval, count: recurrenceCount }
    : null;
}

relation("CreditGrant", "wallet", {
  to: "Wallet",
  by: "walletId",
  description: "The wallet that it is in.",
  nullable: false,
});
relation("CreditGrant", "customer", { to: "Customer", by: "customerId", description: "Whose it is." });

byIdQuery("creditGrant", "CreditGrant", CreditGrant, "The grant with this id; null when there is none.");

const filter = builder.inputRef<CreditGrantFilter>("CreditGrantFilter").implement({
  description: "Which grants.",
  fields: (t) => ({
    status: t.field({
      type: [CreditGrantStatus],
      description: "In one of these states. An empty list matches nothing.",
    }),
    walletId: t.id({ description: "Grants of this wallet." }),
    created: t.field({ type: DateTimeRange, description: "Made in this span of time." }),
  }),
});

const list = defineList(creditGrants, CreditGrant, filter, { CREATED_AT: "When the grant was made." });

listQuery("creditGrants", list, "The grants of all wallets.");
listUnder(list, {
  parent: "Wallet",
  name: "grants",
  by: "walletId",
  description: "What was put into the wallet.",
  nullable: false,
});
