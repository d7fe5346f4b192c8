import type { GraphQLSchema } from "graphql";
import { builder } from "./builder.ts";
import { toSubgraph } from "./federation.ts";
import { serve } from "./ownership.ts";
import type { SubgraphName } from "./subgraph-names.ts";

// The domains, each with the subgraph that serves it. A new domain is a line here, and lists its own files in its `graph.ts`.
await serve("platform", () => import("../domains/access/graph.ts"));
await serve("catalog", () => import("../domains/catalog/graph.ts"));
await serve("platform", () => import("../domains/clocks/graph.ts"));
await serve("billing", () => import("../domains/credit-notes/graph.ts"));
await serve("billing", () => import("../domains/credit-packs/graph.ts"));
await serve("billing", () => import("../domains/credits/graph.ts"));
await serve("customers", () => import("../domains/customers/graph.ts"));
await serve("catalog", () => import("../domains/discounts/graph.ts"));
await serve("billing", () => import("../domains/engine/graph.ts"));
await serve("platform", () => import("../domains/events/graph.ts"));
await serve("catalog", () => import("../domains/entitlements/graph.ts"));
await serve("billing", () => import("../domains/invoices/graph.ts"));
await serve("platform", () => import("../domains/settings/graph.ts"));
await serve("billing", () => import("../domains/subscriptions/graph.ts"));
await serve("catalog", () => import("../domains/taxes/graph.ts"));
await serve("usage", () => import("../domains/usage/graph.ts"));
await serve("platform", () => import("./nodes.ts"));

/** The public graph. */
export function buildSchema(): GraphQLSchema {
  return builder.toSchema();
}

/**
 * The graph as a federation subgraph, with `_service`, `_entities` and the directives of federation: all of it, or the part
 * that one subgraph serves.
 */
export function buildSubgraph(name?: SubgraphName): GraphQLSchema {
  return toSubgraph(builder, {
    linkUrl: "https://specs.apollo.dev/federation/v2.6",
    ...(name && { subGraph: name }),
  });
}
