import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type GrantFilter, grants } from "../loaders.ts";
import { GrantEffect } from "./enums.ts";

export const EntitlementGrant = entity(
  "EntitlementGrant",
  "entitlements:read",
  builder.prismaObject("EntitlementGrant", {
    description:
      "That a customer is given a benefit by hand, or denied it. A customer has one of a benefit at a time.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      effect: t.expose("effect", { type: GrantEffect, description: "Whether it gives or denies." }),
      limit: t.expose("limit", {
        type: "Decimal",
        nullable: true,
        description: "The limit in place of the benefit's own; null for that, or where `unlimited` is true.",
      }),
      unlimited: t.exposeBoolean("unlimited", {
        description: "Whether there is no limit, whatever the benefit's own is.",
      }),
      config: t.expose("config", {
        type: "JSONObject",
        description: "Settings that take the place of the benefit's own, key by key.",
      }),
      reason: t.exposeString("reason", { nullable: true, description: "Why it was given, or denied." }),
      grantedAt: t.expose("grantedAt", {
        type: "DateTime",
        description: "Since when, by the customer's clock.",
      }),
      expiresAt: t.expose("expiresAt", {
        type: "DateTime",
        nullable: true,
        description: "From when on it has no effect; null for never.",
      }),
      revokedAt: t.expose("revokedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was revoked; null while it was not.",
      }),
      revocationReason: t.exposeString("revocationReason", {
        nullable: true,
        description: "Why it was revoked.",
      }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
      createdBy: t.exposeString("createdBy", {
        nullable: true,
        description: "Who created it: `key:<id of the API key>`.",
      }),
      updatedBy: t.exposeString("updatedBy", {
        nullable: true,
        description: "Who changed it last, in the same form.",
      }),
    }),
  }),
);

relation("EntitlementGrant", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Who is given it.",
});
relation("EntitlementGrant", "benefit", { to: "Benefit", by: "benefitId", description: "What is given." });

byIdQuery(
  "entitlementGrant",
  "EntitlementGrant",
  EntitlementGrant,
  "The grant or denial by hand with this id; null when there is none.",
);

const filter = builder.inputRef<GrantFilter>("EntitlementGrantFilter").implement({
  description: "Which grants by hand.",
  fields: (t) => ({
    customerId: t.id({ description: "Of this customer." }),
    benefitId: t.id({ description: "Of this benefit." }),
    effect: t.field({ type: GrantEffect, description: "Only what gives, or only what denies." }),
    revoked: t.boolean({ description: "Only those that were revoked, or only those that were not." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(grants, EntitlementGrant, filter, { CREATED_AT: "When the grant was created." });

listQuery("entitlementGrants", list, "What customers were given, and denied, by hand, latest first.");
listUnder(list, {
  parent: "Customer",
  name: "entitlementGrants",
  by: "customerId",
  description: "What the customer was given, and denied, by hand, latest first.",
});
listUnder(list, {
  parent: "Benefit",
  name: "grants",
  by: "benefitId",
  description: "Who was given it, and denied it, by hand, latest first.",
});
