import SchemaBuilder from "@pothos/core";
import DirectivesPlugin from "@pothos/plugin-directives";
import FederationPlugin from "@pothos/plugin-federation";
import PrismaPlugin from "@pothos/plugin-prisma";
import SubGraphPlugin from "@pothos/plugin-sub-graph";
import { getDatamodel } from "../db/generated/pothos-types.ts";
import type PrismaTypes from "../db/generated/pothos-types.ts";
import type { Context } from "./context.ts";
import { hasEntity, nothingOwned, recordOwnership } from "./ownership.ts";
import "./plugins/scopes.ts";
import "./plugins/storable-arguments.ts";
import "./plugins/subgraphs.ts";
import { type ScalarTypes, addScalars } from "./scalars.ts";
import { type SubgraphName, subgraphNames } from "./subgraph-names.ts";

/** Makes a builder with everything that graphs of this server are made with, and its scalars. */
export function createBuilder() {
  const ownership = nothingOwned();
  const made = new SchemaBuilder<{
    Context: Context;
    PrismaTypes: PrismaTypes;
    Scalars: ScalarTypes;
    SubGraphs: SubgraphName;
    DefaultFieldNullability: false;
  }>({
    // The last one comes first when a graph is built: what it cuts out, the others then work on.
    plugins: [
      "scopes",
      "storableArguments",
      PrismaPlugin,
      DirectivesPlugin,
      FederationPlugin,
      "subgraphs",
      SubGraphPlugin,
    ],
    defaultFieldNullability: false,
    prisma: { client: (context) => context.database.prisma, dmmf: getDatamodel() },
    subGraphs: {
      defaultForTypes: [...subgraphNames],
      explicitlyIncludeType: ({ name }, subgraphs) =>
        subgraphs.some((one) => hasEntity(ownership, name, one)),
    },
  });
  recordOwnership(made, ownership);
  addScalars(made);
  return made;
}

/** The one builder: every domain's `schema.ts` and `mutations.ts` add to it. */
export const builder = createBuilder();

/** The type parameters of the builder, as Pothos completes them. */
export type GraphTypes = (typeof builder)["$inferSchemaTypes"];

builder.queryType({ description: "Everything that can be read." });
builder.mutationType({
  description: "Everything that can be changed. The fields of one request run one after the other.",
});
builder.subscriptionType({
  description:
    "Everything that can be watched live, by server-sent events: ask with the header `accept: text/event-stream`. Each of these tells a cursor with every event: who comes back with the last one as `after` misses nothing and gets nothing twice.",
});
