import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { type IntegrationFilter, integrations } from "../loaders.ts";

const IntegrationMapping = entity(
  "IntegrationMapping",
  "customers:read",
  builder.prismaObject("IntegrationMapping", {
    description: "Which record of a provider, such as a payment gateway, a customer is.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id of this entry, a UUID." }),
      providerType: t.exposeString("providerType", { description: "The provider, such as `stripe`." }),
      providerEntityId: t.exposeString("providerEntityId", {
        description: "The id of the record at the provider.",
      }),
      metadata: t.expose("metadata", { type: "JSONObject", description: "Texts by key, set by callers." }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When the mapping was made." }),
      updatedAt: t.expose("updatedAt", {
        type: "DateTime",
        description: "When the mapping was last changed.",
      }),
      createdBy: t.exposeString("createdBy", { nullable: true, description: "Who made it." }),
      updatedBy: t.exposeString("updatedBy", { nullable: true, description: "Who changed it last." }),
    }),
  }),
);

const integrationList = defineList(
  integrations,
  IntegrationMapping,
  builder.inputRef<IntegrationFilter>("IntegrationMappingFilter").implement({
    description: "Which mappings; all that are given must hold.",
    fields: (t) => ({ providerType: t.string({ description: "To records of this provider." }) }),
  }),
  { CREATED_AT: "When the mapping was made." },
);

listUnder(integrationList, {
  parent: "Customer",
  name: "integrations",
  by: "customerId",
  description: "The records of providers that the customer is mapped to.",
  nullable: false,
});
relation("IntegrationMapping", "customer", {
  to: "Customer",
  by: "customerId",
  description: "The customer.",
});
