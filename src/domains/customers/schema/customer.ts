import { builder } from "../../../graph/builder.ts";
import { defineList, listQuery, listUnder } from "../../../graph/connections.ts";
import { Node, byIdQuery, entity } from "../../../graph/entities.ts";
import { reads } from "../../../graph/columns.ts";
import { DateTimeRange, ExternalReference, type ExternalReferenceValue } from "../../../graph/values.ts";
import { type CustomerFilter, customers, loadByExternalId, loadExternal, mostMetadata } from "../loaders.ts";
import type { CustomerRow } from "../merge.ts";

export const CustomerStatus = builder.enumType("CustomerStatus", {
  description:
    "Whether a customer can be billed. ACTIVE → ARCHIVED by `archiveCustomer`, and back by `restoreCustomer`.",
  values: {
    ACTIVE: { description: "Can be billed and changed. No two active customers share an e-mail address." },
    ARCHIVED: { description: "Can be read only. Its e-mail address and external ids are free for others." },
  } as const,
});

const Address = builder.objectRef<CustomerRow>("Address").implement({
  description: "A postal address. Every part may be missing.",
  fields: (t) => ({
    line1: t.exposeString("addressLine1", { nullable: true, description: "Street and number." }),
    line2: t.exposeString("addressLine2", { nullable: true, description: "Flat, floor, company." }),
    city: t.exposeString("city", { nullable: true, description: "City or town." }),
    state: t.exposeString("state", { nullable: true, description: "State or province." }),
    region: t.exposeString("region", { nullable: true, description: "Region, where it is not the state." }),
    postalCode: t.exposeString("postalCode", { nullable: true, description: "Postal code." }),
    country: t.exposeString("country", {
      nullable: true,
      description: "ISO 3166-1 alpha-2 code, such as `US`.",
    }),
  }),
});

export const Customer = entity(
  "Customer",
  "customers:read",
  builder.prismaObject("Customer", {
    description: "Whoever is billed.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      version: t.exposeInt("version", {
        description:
          "Starts at 1 and grows by one with every change. Give it as `expectedVersion` to guard an update.",
      }),
      status: t.expose("status", {
        type: CustomerStatus,
        description: "Whether the customer can be billed.",
      }),
      email: t.exposeString("email", {
        description: "The e-mail address. Unique among active customers, whatever its case.",
      }),
      name: t.exposeString("name", { nullable: true, description: "Name of the person." }),
      companyName: t.exposeString("companyName", { nullable: true, description: "Name of the company." }),
      phone: t.exposeString("phone", { nullable: true, description: "Telephone number, as it was given." }),
      address: t.field({ type: Address, description: "Postal address.", resolve: (customer) => customer }),
      taxId: t.exposeString("taxId", { nullable: true, description: "Tax number, as it was given." }),
      taxIdCountry: t.exposeString("taxIdCountry", {
        nullable: true,
        description: "The country that gave the tax number: ISO 3166-1 alpha-2.",
      }),
      notes: t.exposeString("notes", { nullable: true, description: "Notes of the merchant." }),
      timezone: t.exposeString("timezone", {
        description: "IANA time zone, such as `Europe/Berlin`. UTC unless set.",
      }),
      merchantRefId: t.exposeString("merchantRefId", {
        nullable: true,
        description: "The merchant's own reference. Any text, not unique.",
      }),
      authUserId: t.exposeString("authUserId", {
        nullable: true,
        description: "The login in the portal: a UUID.",
      }),
      metadata: t.expose("metadata", { type: "JSONObject", description: "Texts by key, set by callers." }),
      customFields: t.expose("customFields", {
        type: "JSONObject",
        description: "Values by key that dashboards show as columns: texts, numbers or booleans.",
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: "When the customer was created." }),
      updatedAt: t.expose("updatedAt", {
        type: "DateTime",
        description: "When the customer was last changed.",
      }),
      createdBy: t.exposeString("createdBy", {
        nullable: true,
        description: "Who created it: `key:<id of the API key>`.",
      }),
      updatedBy: t.exposeString("updatedBy", {
        nullable: true,
        description: "Who changed it last, in the same form.",
      }),
      archivedAt: t.expose("archivedAt", {
        type: "DateTime",
        nullable: true,
        description: "When it was archived; null for active customers.",
      }),
      external: t.field({
        type: ExternalReference,
        nullable: true,
        description:
          "The customer's id in another system: in the merchant's own (`merchant`), or else in the one that it has been in for longest. Null for a customer that is in none now. Other graphs know customers by it.",
        ...reads("id"),
        resolve: ({ id }, _args, context) => loadExternal(id, context),
      }),
    }),
  }),
  {
    fields: "external { source id }",
    load: ({ external }: { external: ExternalReferenceValue }, context) =>
      loadByExternalId(context, external.source, external.id),
  },
);

const CustomerFilterInput = builder.inputRef<CustomerFilter>("CustomerFilter").implement({
  description: "Which customers; all that are given must hold.",
  fields: (t) => ({
    search: t.string({
      description:
        "Part of the name, e-mail address, telephone number or company name, in any case. `%` and `_` mean themselves.",
    }),
    status: t.field({ type: [CustomerStatus], description: "One of these. All customers unless said." }),
    email: t.string({ description: "Exactly this e-mail address, in any case." }),
    created: t.field({ type: DateTimeRange, description: "Created in this span of time." }),
    updated: t.field({ type: DateTimeRange, description: "Last changed in this span of time." }),
    externalSource: t.string({ description: "Has an external id of this source." }),
    metadata: t.field({
      type: [MetadataEntry],
      description: `Each of these keys, at most ${mostMetadata}, has exactly this value.`,
    }),
  }),
});

const MetadataEntry = builder.inputRef<{ key: string; value: string }>("MetadataEntry").implement({
  description: "A key of metadata and its value.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The key." }),
    value: t.string({ required: true, description: "The value, in full." }),
  }),
});

const list = defineList(customers, Customer, CustomerFilterInput, {
  CREATED_AT: "When the customer was created.",
  UPDATED_AT: "When the customer was last changed.",
  NAME: "The name, whatever its case; customers without one sort as an empty name.",
  EMAIL: "The e-mail address, whatever its case.",
});

byIdQuery(
  "customer",
  "Customer",
  Customer,
  "One customer, archived or not; null when there is none with this id.",
);
listQuery("customers", list, "The customers, newest first unless said.");
listUnder(list, {
  parent: "TestClock",
  name: "customers",
  by: "testClockId",
  description: "The customers that live by the clock.",
});

builder.queryField("customerByExternalId", (t) =>
  t.field({
    type: Customer,
    nullable: true,
    description:
      "The active customer with this id in another system, or that had it before it was renamed; null when there is none.",
    authScopes: { scope: "customers:read" },
    args: {
      source: t.arg.string({ required: true, description: "The system, such as `practicehub`." }),
      externalId: t.arg.string({ required: true, description: "The id in that system. Case matters." }),
    },
    resolve: (_root, { source, externalId }, context) => loadByExternalId(context, source, externalId),
  }),
);
