import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { loadById } from "../../../graph/loaders.ts";
import { loadTaxRates } from "../loaders.ts";

const SubscriptionTaxRate = builder.objectRef<Row<"SubscriptionTaxRate">>("SubscriptionTaxRate").implement({
  description: "A tax rate that the invoices of a subscription are taxed with.",
  fields: (t) => ({
    taxRateId: t.exposeID("taxRateId", { description: "The id of the rate." }),
    taxRate: t.field({
      type: "TaxRate" as never,
      nullable: true,
      description: "The rate.",
      authScopes: { scope: "tax_rates:read" },
      resolve: ({ taxRateId }, _args, context) => loadById(context, "TaxRate", taxRateId) as never,
    }),
  }),
});

builder.prismaObjectField("BillingSubscription", "taxRates", (t) =>
  t.field({
    type: [SubscriptionTaxRate],
    description: "The rates that its invoices are taxed with: at most 10.",
    ...reads("id"),
    resolve: ({ id }, _args, context) => loadTaxRates(id, context),
  }),
);
