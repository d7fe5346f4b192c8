import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity, relation } from "../../../graph/entities.ts";
import { recordField } from "../../../graph/record-fields.ts";
import { type QuotaFilter, quotas } from "../loaders.ts";

export const QuotaBalance = entity(
  "QuotaBalance",
  "entitlements:read",
  builder.prismaObject("QuotaBalance", {
    description:
      "How many of the things that a QUOTA has room for a customer keeps. There is one from the first `changeQuota` on; how much room there is, `Customer.entitlements` tells.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      current: t.expose("current", { type: "Decimal", description: "How many there are, at least 0." }),
      peak: t.expose("peak", {
        type: "Decimal",
        description: "The most that there were at once since `peakSince`. A span begins with what there is.",
      }),
      peakSince: t.expose("peakSince", {
        type: "DateTime",
        description:
          "When the benefit's span began that the last change was in, or when the first thing was counted.",
      }),
      version: t.exposeInt("version", recordField.version),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

relation("QuotaBalance", "customer", { to: "Customer", by: "customerId", description: "Who keeps them." });
relation("QuotaBalance", "benefit", { to: "Benefit", by: "benefitId", description: "The quota." });

byIdQuery(
  "quotaBalance",
  "QuotaBalance",
  QuotaBalance,
  "The balance of a quota with this id; null when there is none.",
);

const filter = builder.inputRef<QuotaFilter>("QuotaBalanceFilter").implement({
  description: "Which balances of quotas.",
  fields: (t) => ({
    customerId: t.id({ description: "Of this customer." }),
    benefitId: t.id({ description: "Of this benefit." }),
  }),
});

const list = defineList(quotas, QuotaBalance, filter, { CREATED_AT: "When the balance was created." });

listQuery("quotaBalances", list, "How many things customers keep, latest first.");
listUnder(list, {
  parent: "Customer",
  name: "quotaBalances",
  by: "customerId",
  description: "How many things the customer keeps, by the quotas that count them, latest first.",
});
listUnder(list, {
  parent: "Benefit",
  name: "quotaBalances",
  by: "benefitId",
  description: "How many of them customers keep, latest first.",
});
