import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { crossing } from "../../../graph/entities.ts";
import { loadById } from "../../../graph/loaders.ts";
import type { Entitlement as Value } from "../access/read.ts";
import type { Source } from "../access/combine.ts";
import { type EntitlementFilter, loadEntitlements } from "../loaders.ts";
import { Benefit } from "./benefit.ts";
import {
  AccessLevel,
  BenefitType,
  EntitlementReason,
  EntitlementSourceKind,
  EntitlementStatus,
} from "./enums.ts";
import { EntitlementGrant } from "./grant.ts";

const EntitlementSource = builder.objectRef<Source>("EntitlementSource").implement({
  description: "One thing that gives a customer a benefit, or denies it.",
  fields: (t) => ({
    kind: t.field({ type: EntitlementSourceKind, description: "What it is.", resolve: ({ kind }) => kind }),
    accessLevel: t.field({
      type: AccessLevel,
      description: "How far it lets the customer in.",
      resolve: ({ access }) => access.level,
    }),
    status: t.field({
      type: EntitlementStatus,
      description: "Its state.",
      resolve: ({ access }) => access.status,
    }),
    reason: t.field({
      type: EntitlementReason,
      description: "Why it lets the customer in, or does not.",
      resolve: ({ access }) => access.reason,
    }),
    limit: t.field({
      type: "Decimal",
      nullable: true,
      description: "What it gives of what is counted; null for no limit, and where nothing is counted.",
      resolve: ({ limit }) => limit,
    }),
    grantedAt: t.field({
      type: "DateTime",
      description: "Since when: the start of the subscription or of its item, or the instant of the grant.",
      resolve: ({ grantedAt }) => grantedAt,
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the subscription ended, or the grant ends; null for neither.",
      resolve: ({ expiresAt }) => expiresAt,
    }),
    subscription: t.field({
      type: "BillingSubscription" as never,
      nullable: true,
      description: "The subscription; null for what is done by hand.",
      authScopes: { scope: "subscriptions:read" },
      resolve: ({ subscriptionId: id }, _args, context) =>
        (id === null ? null : loadById(context, "BillingSubscription", id)) as never,
    }),
    subscriptionItem: t.field({
      type: "SubscriptionItem" as never,
      nullable: true,
      description: "The item of the subscription; null for what is done by hand.",
      authScopes: { scope: "subscriptions:read" },
      resolve: ({ subscriptionItemId: id }, _args, context) =>
        (id === null ? null : loadById(context, "SubscriptionItem", id)) as never,
    }),
    grant: t.field({
      type: EntitlementGrant,
      nullable: true,
      description: "The grant, or the denial, by hand; null for a subscription.",
      authScopes: { scope: "entitlements:read" },
      resolve: ({ grantId: id }, _args, context) =>
        id === null ? null : (loadById(context, "EntitlementGrant", id) as never),
    }),
  }),
});

export const Entitlement = builder.objectRef<Value>("Entitlement").implement({
  description:
    "What a customer may do with a benefit, computed from its subscriptions and from what was done by hand when it is asked for: there is nothing that could be out of date.",
  fields: (t) => ({
    key: t.field({ type: "String", description: "The key of the benefit.", resolve: ({ key }) => key }),
    type: t.field({
      type: BenefitType,
      nullable: true,
      description: "What the benefit gives; null for a key that no benefit has.",
      resolve: ({ type }) => type,
    }),
    benefit: t.field({
      type: Benefit,
      nullable: true,
      description: "The benefit; null for a key that no benefit has.",
      authScopes: { scope: "products:read" },
      resolve: ({ benefitId: id }, _args, context) =>
        id === null ? null : (loadById(context, "Benefit", id) as never),
    }),
    entitled: t.boolean({
      description:
        "Whether the customer may use the benefit: it has access, and what is counted leaves room or may be exceeded.",
      resolve: ({ entitled }) => entitled,
    }),
    reason: t.field({
      type: EntitlementReason,
      description: "Why, or why not.",
      resolve: ({ reason }) => reason,
    }),
    hasAccess: t.boolean({
      description: "Whether there is any access, whatever was used.",
      resolve: ({ accessLevel }) => accessLevel !== "NONE",
    }),
    accessLevel: t.field({
      type: AccessLevel,
      description: "How far the customer is to be let in.",
      resolve: ({ accessLevel }) => accessLevel,
    }),
    status: t.field({
      type: EntitlementStatus,
      nullable: true,
      description: "The state of what decides; null when nothing gives or denies the benefit.",
      resolve: ({ status }) => status,
    }),
    limit: t.field({
      type: "Decimal",
      nullable: true,
      description:
        "Of what is counted, what all that gives access gives together; null for no limit, without access, and where nothing is counted.",
      resolve: ({ limit }) => limit,
    }),
    unlimited: t.boolean({
      description: "Whether the benefit is counted and has no limit.",
      resolve: ({ unlimited }) => unlimited,
    }),
    overageAllowed: t.boolean({
      description: "Whether the limit may be exceeded.",
      resolve: ({ overageAllowed }) => overageAllowed,
    }),
    used: t.field({
      type: "Decimal",
      nullable: true,
      description:
        "What the meter measured since the span began, the seats that are assigned, or the things that are kept; null without access, and where nothing is counted.",
      resolve: ({ used }) => used,
    }),
    remaining: t.field({
      type: "Decimal",
      nullable: true,
      description: "What is left of the limit, at least 0; null where there is none.",
      resolve: ({ remaining }) => remaining,
    }),
    resetsAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When usage is counted from nothing again; null for never, and unless METERED.",
      resolve: ({ resetsAt }) => resetsAt,
    }),
    config: t.field({
      type: "JSONObject",
      description:
        "The settings of the benefit, under those of what gives it: what decides has the last word.",
      resolve: ({ config }) => config,
    }),
    source: t.field({
      type: EntitlementSource,
      nullable: true,
      description: "What decides; null when nothing gives or denies the benefit.",
      resolve: ({ sources }) => sources[0] ?? null,
    }),
    sources: t.field({
      type: [EntitlementSource],
      description: "All that gives or denies the benefit, what decides first.",
      resolve: ({ sources }) => sources as Source[],
    }),
  }),
});

const filter = builder.inputRef<EntitlementFilter>("EntitlementFilter").implement({
  description: "Which entitlements; all that are given must hold.",
  fields: (t) => ({
    keys: t.stringList({ description: "Of the benefits with these keys." }),
    type: t.field({ type: [BenefitType], description: "Of benefits of one of these types." }),
    category: t.string({ description: "Of benefits of exactly this category." }),
    includeExpired: t.boolean({
      description: "Whether those are given too whose state is CANCELED. false unless said.",
    }),
  }),
});

builder.prismaObjectField("Customer", "entitlements", (t) =>
  t.field({
    type: [Entitlement],
    nullable: true,
    description:
      "What the customer may do: one entry for every benefit that a subscription or a grant by hand gives, or that was denied, in the order that benefits are shown in.",
    args: { filter: t.arg({ type: filter, description: "Which ones." }) },
    ...reads("id"),
    ...crossing("Customer", "EntitlementGrant"),
    resolve: ({ id }, { filter: which }, context) => loadEntitlements(context, id, which ?? {}),
  }),
);
