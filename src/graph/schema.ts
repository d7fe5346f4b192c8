import type { GraphQLSchema } from "graphql";
import "../domains/access/schema.ts";
import "../domains/customers/schema.ts";
import { builder } from "./builder.ts";

/** The public graph. */
export function buildSchema(): GraphQLSchema {
  return builder.toSchema();
}

/** The same graph as a federation subgraph: with `_service`, `_entities` and the directives of federation. */
export function buildSubgraph(): GraphQLSchema {
  return builder.toSubGraphSchema({ linkUrl: "https://specs.apollo.dev/federation/v2.6" });
}
