import { builder } from "../../../graph/builder.ts";
import { shows } from "../../../graph/columns.ts";
import { defineList, listQuery } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity } from "../../../graph/entities.ts";
import { DateTimeRange, Money } from "../../../graph/values.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type CreditPackFilter, creditPacks } from "../loaders.ts";

export const CreditPack = entity(
  "CreditPack",
  "credits:read",
  builder.prismaObject("CreditPack", {
    description: "Credits that are for sale. A change is for later purchases only.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      name: t.exposeString("name", {
        description: "What it is called, unique among packs that are for sale, whatever the case.",
      }),
      description: t.exposeString("description", { nullable: true, description: "What it is for." }),
      credits: t.expose("credits", { type: "SafeInt", description: "How many credits it has, at least 1." }),
      price: t.field({
        type: Money,
        description: "What it costs, without tax.",
        ...shows({ amount: "price", currency: "currency" }, "price", "currency"),
        resolve: ({ price, currency }) => ({ amount: price, currency }),
      }),
      active: t.exposeBoolean("active", { description: "Whether it is for sale." }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

byIdQuery("creditPack", "CreditPack", CreditPack, "The credit pack with this id; null when there is none.");

const filter = builder.inputRef<CreditPackFilter>("CreditPackFilter").implement({
  description: "Which credit packs.",
  fields: (t) => ({
    active: t.boolean({ description: "Only packs that are for sale, or only those that are not." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(creditPacks, CreditPack, filter, { CREATED_AT: "When the pack was created." });

listQuery("creditPacks", list, "The credit packs of the environment, archived ones among them.");
