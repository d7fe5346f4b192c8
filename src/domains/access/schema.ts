import { builder } from "../../graph/builder.ts";
import type { RateLimitState, Viewer as ViewerValue } from "../../graph/context.ts";

const Merchant = builder.objectRef<ViewerValue>("Merchant").implement({
  description: "The business whose billing this is.",
  fields: (t) => ({
    id: t.exposeID("merchantId", { description: "The id, a UUID. The same in test and in live mode." }),
    name: t.exposeString("merchantName", { description: "The name of the business." }),
  }),
});

const Environment = builder.objectRef<ViewerValue>("Environment").implement({
  description: "One merchant in test or in live mode. Data of one environment is never seen from another.",
  fields: (t) => ({
    id: t.exposeID("environmentId", { description: "The id, a UUID." }),
    livemode: t.exposeBoolean("livemode", { description: "True where money is real, false in test mode." }),
  }),
});

const Viewer = builder.objectRef<ViewerValue>("Viewer").implement({
  description: "Who asks: the API key, or the access token, of the request.",
  fields: (t) => ({
    keyId: t.exposeID("keyId", {
      description: "The id of the key, a UUID; of an access token `oauth:` and its subject.",
    }),
    keyName: t.exposeString("keyName", {
      description: "The name that the key was given; of an access token, its client.",
    }),
    scopes: t.exposeStringList("scopes", {
      description: "What the key may do: `customers:read`, `customers:*`, `*` for everything.",
    }),
    livemode: t.exposeBoolean("livemode", { description: "True for a live key, false for a sandbox key." }),
    environment: t.field({
      type: Environment,
      description: "The environment that the key opens.",
      resolve: (viewer) => viewer,
    }),
    merchant: t.field({
      type: Merchant,
      description: "The merchant that the key belongs to.",
      resolve: (viewer) => viewer,
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: Viewer,
    description: "Who asks: the key, its merchant, its environment and its scopes. Asks for no scope.",
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);

const RateLimit = builder.objectRef<RateLimitState>("RateLimit").implement({
  description:
    "The bucket of tokens of a key. Every request takes one, and one more for each thousand of its cost.",
  fields: (t) => ({
    limit: t.exposeInt("limit", { description: "How many tokens the bucket holds." }),
    remaining: t.exposeInt("remaining", { description: "How many are left, this request's taken." }),
    resetAt: t.expose("resetAt", { type: "DateTime", description: "When the bucket is full again." }),
  }),
});

builder.queryField("rateLimit", (t) =>
  t.field({
    type: RateLimit,
    nullable: true,
    description: "What is left of the key's rate limit; null where keys have none. Asks for no scope.",
    resolve: (_root, _args, { rateLimit }) => rateLimit,
  }),
);
