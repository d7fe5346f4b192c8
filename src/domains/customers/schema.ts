import { builder } from "../../graph/builder.ts";
import { defineList, listQuery } from "../../graph/connections.ts";
import { Node, byIdQuery, entity } from "../../graph/entities.ts";
import { customers } from "./loaders.ts";

const Customer = entity("Customer", "customers:read", builder.prismaObject("Customer", {
  description: "Whoever is billed.",
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id, a UUID." }),
    email: t.exposeString("email", { description: "E-mail" }),
    name: t.exposeString("name", { nullable: true, description: "Name" }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When." }),
  }),
}));

byIdQuery("customer", "Customer", Customer, "One customer.");

const filter = builder.inputRef("CustomerFilter").implement({
  description: "Which customers",
  fields: (t) => ({ search: t.string({ description: "..." }) }),
});

listQuery("customers", defineList(customers, Customer, filter, { CREATED_AT: "x", NAME: "y" }), "All customers.");
