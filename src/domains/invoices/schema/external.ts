import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";

type InvoiceRow = Row<"Invoice">;

export const ExternalRecord = builder.objectRef<InvoiceRow>("InvoiceExternalRecord").implement({
  description: "The record of another system that an invoice mirrors.",
  fields: (t) => ({
    source: t.string({
      description: "The system.",
      resolve: ({ externalSource }) => externalSource ?? "",
    }),
    id: t.id({ description: "The id there.", resolve: ({ externalId }) => externalId ?? "" }),
    type: t.exposeString("externalType", {
      nullable: true,
      description: "What it is there, such as `appointment` or `membership`.",
    }),
    updatedAt: t.expose("externalUpdatedAt", {
      type: "DateTime",
      nullable: true,
      description: "When that system last changed it; older updates are stale.",
    }),
  }),
});

/** The record that an invoice mirrors; null for one of our own. */
export function externalOf(invoice: InvoiceRow): InvoiceRow | null {
  return invoice.externalSource === null ? null : invoice;
}
