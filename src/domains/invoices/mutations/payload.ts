import type { FieldMap } from "@pothos/core";
import type { GraphTypes } from "../../../graph/builder.ts";
import type { InvoiceRow } from "../compose.ts";
import { Invoice } from "../schema/invoice.ts";

/** What mutations of one invoice give. */
export interface InvoiceResult {
  readonly invoice: InvoiceRow;
}

/** The field of a payload that holds the invoice after the call. */
export function invoicePayload(
  t: PothosSchemaTypes.ObjectFieldBuilder<GraphTypes, Partial<InvoiceResult>>,
): FieldMap {
  return {
    invoice: t.field({
      type: Invoice,
      nullable: true,
      description: "The invoice after the call; null when it was refused.",
      resolve: ({ invoice }) => invoice,
    }),
  };
}
