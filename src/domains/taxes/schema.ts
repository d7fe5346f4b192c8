import { builder } from "../../graph/builder.ts";
import { defineList, listQuery } from "../../graph/connections.ts";
import { Node, byIdQuery, entity } from "../../graph/entities.ts";
import { DateTimeRange } from "../../graph/values.ts";
import { recordField } from "../../graph/record-fields.ts";
import { type TaxRateFilter, taxRates } from "./loaders.ts";

export const TaxRate = entity(
  "TaxRate",
  "tax_rates:read",
  builder.prismaObject("TaxRate", {
    description: "A rate of tax. Its percentage never changes: a new rate is a new object.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      name: t.exposeString("name", { description: "What invoices call it, such as `VAT`." }),
      description: t.exposeString("description", { nullable: true, description: "What it is for." }),
      percentage: t.expose("percentage", {
        type: "Decimal",
        description: "Per cent, 0 to 100, with at most six digits after the point.",
      }),
      inclusive: t.exposeBoolean("inclusive", {
        description: "Whether amounts contain it already. If not, it comes on top.",
      }),
      country: t.exposeString("country", {
        nullable: true,
        description: "ISO 3166-1 alpha-2 code of its country.",
      }),
      state: t.exposeString("state", { nullable: true, description: "The state or province it is of." }),
      active: t.exposeBoolean("active", { description: "Whether new documents can use it." }),
      version: t.exposeInt("version", recordField.version),
      metadata: t.expose("metadata", recordField.metadata),
      createdAt: t.expose("createdAt", recordField.createdAt),
      updatedAt: t.expose("updatedAt", recordField.updatedAt),
    }),
  }),
);

byIdQuery("taxRate", "TaxRate", TaxRate, "The tax rate with this id; null when there is none.");

const filter = builder.inputRef<TaxRateFilter>("TaxRateFilter").implement({
  description: "Which tax rates.",
  fields: (t) => ({
    active: t.boolean({ description: "Only rates that can be used, or only those that cannot." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
  }),
});

const list = defineList(taxRates, TaxRate, filter, { CREATED_AT: "When the rate was created." });

listQuery("taxRates", list, "The tax rates of the environment.");
