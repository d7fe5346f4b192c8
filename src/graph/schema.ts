import type { GraphQLSchema } from "graphql";
import "../domains/access/schema.ts";
import "../domains/catalog/schema/price.ts";
import "../domains/catalog/schema/product.ts";
import "../domains/customers/mutations/create.ts";
import "../domains/customers/mutations/status.ts";
import "../domains/customers/mutations/update.ts";
import "../domains/customers/mutations/upsert.ts";
import "../domains/customers/schema/customer.ts";
import "../domains/customers/schema/external-id.ts";
import "../domains/customers/schema/integration-mapping.ts";
import "../domains/invoices/schema/invoice.ts";
import "../domains/invoices/schema/line.ts";
import "../domains/subscriptions/schema/item.ts";
import "../domains/subscriptions/schema/subscription.ts";
import "../domains/usage/schema/event.ts";
import "../domains/usage/schema/meter.ts";
import "../domains/usage/schema/summary.ts";
import { builder } from "./builder.ts";
import { resolveReferencesApart } from "./federation.ts";
import "./nodes.ts";
import { withoutSubscriptionRoot } from "./roots.ts";

/** The public graph. */
export function buildSchema(): GraphQLSchema {
  return withoutSubscriptionRoot(builder.toSchema());
}

/** The same graph as a federation subgraph: with `_service`, `_entities` and the directives of federation. */
export function buildSubgraph(): GraphQLSchema {
  const subgraph = builder.toSubGraphSchema({ linkUrl: "https://specs.apollo.dev/federation/v2.6" });
  return withoutSubscriptionRoot(resolveReferencesApart(subgraph));
}
