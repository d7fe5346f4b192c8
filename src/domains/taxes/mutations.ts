import { writerOf } from "../../graph/context.ts";
import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../graph/inputs.ts";
import { mutation } from "../../graph/mutations.ts";
import { changePayload, objectPayload } from "../../graph/payloads.ts";
import { TaxRate } from "./schema.ts";
import { type TaxRateChange, type TaxRateRow, createTaxRate, updateTaxRate } from "./write.ts";

const labelFields = (t: InputBuilder) => ({
  description: t.string({ description: "What it is for, at most 1,000 characters." }),
  active: t.boolean({ description: "Whether new documents can use it." }),
  metadata: metadataField(t),
});

const CreateTaxRateInput = input("CreateTaxRateInput", "A new tax rate.", (t) => ({
  name: t.string({ required: true, description: "What invoices call it, at most 100 characters." }),
  percentage: t.field({
    type: "Decimal",
    required: true,
    description: "Per cent, 0 to 100, with at most six digits after the point.",
  }),
  inclusive: t.boolean({ description: "Whether amounts contain it already. false unless said." }),
  country: t.string({ description: "ISO 3166-1 alpha-2 code of its country." }),
  state: t.string({ description: "The state or province it is of, at most 100 characters." }),
  ...labelFields(t),
}));

const UpdateTaxRateInput = input("UpdateTaxRateInput", `Changes of a tax rate. ${leftAlone}`, (t) => ({
  taxRateId: t.id({ required: true, description: "Which tax rate." }),
  name: t.string({ description: "What invoices call it; it cannot be cleared." }),
  ...labelFields(t),
  replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
  expectedVersion: expectedVersionField(t),
}));

mutation<object, { taxRate: TaxRateRow }>("createTaxRate", {
  description: "Creates a tax rate, which subscriptions and lines of invoices can be taxed with.",
  scope: "tax_rates:write",
  input: CreateTaxRateInput as never,
  payload: objectPayload("taxRate", TaxRate, "The new rate; null when it was refused."),
  run: (sent, context) => createTaxRate(context.database, writerOf(context), sent),
});

mutation<object, TaxRateChange>("updateTaxRate", {
  description:
    "Changes what a tax rate is called, and whether new documents can use it. What is taxed with it already stays so.",
  scope: "tax_rates:write",
  input: UpdateTaxRateInput as never,
  payload: changePayload("taxRate", TaxRate, "The rate after the call; null when it was refused."),
  run: (sent, context) => updateTaxRate(context.database, writerOf(context), sent),
});
