import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { type ExternalIdFilter, externalIds } from "../loaders.ts";

const ExternalId = entity(
  "ExternalId",
  "customers:read",
  builder.prismaObject("ExternalId", {
    description: "A customer's id in another system.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id of this entry, a UUID." }),
      source: t.exposeString("source", { description: "The system, such as `practicehub`." }),
      externalId: t.exposeString("externalId", { description: "The id in that system." }),
      externalUpdatedAt: t.expose("externalUpdatedAt", {
        type: "DateTime",
        nullable: true,
        description: "When the system last changed its record. Older updates are stale and not applied.",
      }),
      live: t.boolean({
        description: "Whether this is the customer's current id in that system.",
        resolve: ({ replacedAt, releasedAt }) => replacedAt === null && releasedAt === null,
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When the customer got it." }),
      replacedAt: t.expose("replacedAt", {
        type: "DateTime",
        nullable: true,
        description: "When the customer got another id of the system. This one still leads to the customer.",
      }),
      releasedAt: t.expose("releasedAt", {
        type: "DateTime",
        nullable: true,
        description: "When the customer was archived, which frees the id for others.",
      }),
    }),
  }),
);

const externalIdList = defineList(
  externalIds,
  ExternalId,
  builder.inputRef<ExternalIdFilter>("ExternalIdFilter").implement({
    description: "Which external ids; all that are given must hold.",
    fields: (t) => ({
      source: t.string({ description: "Of this system." }),
      live: t.boolean({
        description: "true for current ones, false for those that were replaced or released.",
      }),
    }),
  }),
  { CREATED_AT: "When the customer got it." },
);

listUnder(externalIdList, {
  parent: "Customer",
  name: "externalIds",
  by: "customerId",
  description: "The customer's ids in other systems, past ones included.",
  nullable: false,
});
relation("ExternalId", "customer", { to: "Customer", by: "customerId", description: "The customer." });
