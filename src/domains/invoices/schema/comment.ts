import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { type InvoiceCommentFilter, invoiceComments } from "../loaders.ts";

export const InvoiceComment = entity(
  "InvoiceComment",
  "invoices:read",
  builder.prismaObject("InvoiceComment", {
    description: "A remark on an invoice.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      content: t.exposeString("content", { description: "The text." }),
      internal: t.exposeBoolean("internal", { description: "Whether only the merchant is to see it." }),
      author: t.exposeString("userId", {
        nullable: true,
        description: "Who wrote it: `key:<id of the API key>`.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was written." }),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last changed." }),
    }),
  }),
);

relation("InvoiceComment", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it is about.",
  nullable: false,
});

const filter = builder.inputRef<InvoiceCommentFilter>("InvoiceCommentFilter").implement({
  description: "Which comments.",
  fields: (t) => ({
    internal: t.boolean({ description: "Only what the merchant is to see, or only what all may." }),
    created: t.field({ type: DateTimeRange, description: "Written in this span of time." }),
  }),
});

listUnder(defineList(invoiceComments, InvoiceComment, filter, { CREATED_AT: "When the remark was made." }), {
  parent: "Invoice",
  name: "comments",
  by: "invoiceId",
  description: "Remarks on the invoice, latest first.",
  nullable: false,
});
