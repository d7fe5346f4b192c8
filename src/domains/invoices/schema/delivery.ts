import type { InvoiceChannel as Channel } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { type InvoiceDeliveryFilter, invoiceDeliveries } from "../loaders.ts";

export const InvoiceChannel = describedEnum<Channel>("InvoiceChannel", "How an invoice is sent.", {
  EMAIL: "To the customer's e-mail address.",
  SMS: "To the customer's telephone number, as a text message.",
  WHATSAPP: "To the customer's telephone number, by WhatsApp.",
});

const InvoiceDelivery = entity(
  "InvoiceDelivery",
  "invoices:read",
  builder.prismaObject("InvoiceDelivery", {
    description: "That an invoice was sent, and where to.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      channel: t.expose("channel", { type: InvoiceChannel, description: "How it was sent." }),
      recipient: t.exposeString("recipient", {
        description: "The e-mail address or telephone number that it was sent to.",
      }),
      templateId: t.exposeID("templateId", {
        nullable: true,
        description: "The template of the message; null for the usual one.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was sent." }),
    }),
  }),
);

relation("InvoiceDelivery", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that was sent.",
  nullable: false,
});

const filter = builder.inputRef<InvoiceDeliveryFilter>("InvoiceDeliveryFilter").implement({
  description: "Which deliveries.",
  fields: (t) => ({ channel: t.field({ type: InvoiceChannel, description: "Only by this channel." }) }),
});

listUnder(defineList(invoiceDeliveries, InvoiceDelivery, filter, { CREATED_AT: "When it was sent." }), {
  parent: "Invoice",
  name: "deliveries",
  by: "invoiceId",
  description: "When and where it was sent, latest first.",
  nullable: false,
});
