import type { InputRef } from "@pothos/core";
import { builder } from "../../graph/builder.ts";
import {
  ExternalReferenceInput,
  type InputBuilder,
  type Unchecked,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../graph/inputs.ts";
import { CustomerReferenceInput } from "../../graph/references.ts";

const AddressInput = builder.inputRef<Unchecked>("AddressInput").implement({
  description: "A postal address. A part that is left out is left alone; null or an empty text clears it.",
  fields: (t) => ({
    line1: t.string({ description: "Street and number, at most 255 characters." }),
    line2: t.string({ description: "Flat, floor, company; at most 255 characters." }),
    city: t.string({ description: "City or town, at most 100 characters." }),
    state: t.string({ description: "State or province, at most 100 characters." }),
    region: t.string({ description: "Region, where it is not the state; at most 100 characters." }),
    postalCode: t.string({ description: "Postal code, at most 20 characters." }),
    country: t.string({ description: "ISO 3166-1 alpha-2 code, such as `US`. Any case is read." }),
  }),
});

/** The input fields that describe a customer, with `email` as a mutation wants it. */
function customerInputFields(t: InputBuilder, emailNote: string) {
  return {
    email: t.string({ description: `The e-mail address, at most 254 characters. ${emailNote}` }),
    name: t.string({ description: "Name of the person, at most 255 characters." }),
    companyName: t.string({ description: "Name of the company, at most 255 characters." }),
    phone: t.string({ description: "Telephone number in any notation, at most 40 characters." }),
    address: t.field({ type: AddressInput, description: "Postal address. null clears all of it." }),
    taxId: t.string({ description: "Tax number, at most 100 characters. It is not checked." }),
    taxIdCountry: t.string({ description: "The country that gave the tax number: ISO 3166-1 alpha-2." }),
    notes: t.string({ description: "Notes of the merchant, at most 5,000 characters." }),
    timezone: t.string({ description: "IANA time zone, such as `Europe/Berlin`. null sets UTC." }),
    merchantRefId: t.string({ description: "The merchant's own reference, at most 255 characters." }),
    authUserId: t.string({ description: "The login in the portal: a UUID." }),
    metadata: metadataField(t),
    customFields: t.field({
      type: "JSONObject",
      description: "Like metadata, but values may also be numbers or booleans.",
    }),
  };
}

const ExternalCustomerInput = input(
  "ExternalCustomerInput",
  `A customer as another system knows it. ${leftAlone}`,
  (t) => ({
    externalId: t.string({
      required: true,
      description: "The id in the other system, at most 255 characters.",
    }),
    externalUpdatedAt: t.field({
      type: "DateTime",
      description:
        "When that system last changed the record. Older than what is stored: not applied. The same: applied. Left out: applied, and the stored one stays.",
    }),
    ...customerInputFields(t, "Needed for a customer that is not known yet; it cannot be cleared."),
  }),
);

export const UpsertCustomersInput = input(
  "UpsertCustomersByExternalIdInput",
  "Customers of one other system.",
  (t) => ({
    source: t.string({
      required: true,
      description: "The system, such as `practicehub`; at most 64 characters.",
    }),
    customers: t.field({
      type: [ExternalCustomerInput],
      required: true,
      description: "1 to 100 customers. The same external id twice is done in turn.",
    }),
  }),
);

export const UpsertCustomerInput = input(
  "UpsertCustomerByExternalIdInput",
  "A customer of another system.",
  (t) => ({
    source: t.string({
      required: true,
      description: "The system, such as `practicehub`; at most 64 characters.",
    }),
    customer: t.field({ type: ExternalCustomerInput, required: true, description: "The customer." }),
  }),
);

const testClockField = (t: InputBuilder, note: string) =>
  t.id({ description: `The test clock that the customer is to live by, in test mode. ${note}` });

const newCustomerFields = (t: InputBuilder) => ({
  testClockId: testClockField(t, "Real time without one."),
  external: t.field({
    type: ExternalReferenceInput,
    description:
      "Your own id of the customer. When it is known, the customer that has it is the answer, unchanged.",
  }),
  ...customerInputFields(t, "Needed."),
});

export const CreateCustomerInput = input("CreateCustomerInput", "A new customer.", newCustomerFields);

export const CreateCustomersInput = input("CreateCustomersInput", "New customers.", (t) => ({
  customers: t.field({ type: [CreateCustomerInput], required: true, description: "1 to 100 customers." }),
}));

const IntegrationMappingInput = input(
  "IntegrationMappingInput",
  "Which record of a provider a customer is.",
  (t) => ({
    providerType: t.string({
      required: true,
      description: "The provider, such as `stripe`; at most 64 characters.",
    }),
    providerEntityId: t.string({
      description:
        "The id of the record at the provider, at most 255 characters. null takes the mapping away.",
    }),
    metadata: t.field({
      type: "JSONObject",
      description:
        "Texts by key; takes the place of what is stored. Left alone where it is left out; null clears it.",
    }),
  }),
);

export const UpdateCustomerInput = input(
  "UpdateCustomerInput",
  `Changes of a customer. ${leftAlone}`,
  (t) => ({
    customer: t.field({ type: CustomerReferenceInput, required: true, description: "Which customer." }),
    ...customerInputFields(t, "It cannot be cleared."),
    replaceMetadata: t.boolean({
      description: "true: `metadata` takes the place of what is stored. Merged unless said.",
    }),
    replaceCustomFields: t.boolean({ description: "The same for `customFields`." }),
    external: t.field({
      type: ExternalReferenceInput,
      description: "A new id in this system. The old one still leads to the customer.",
    }),
    integrations: t.field({
      type: [IntegrationMappingInput],
      description: "Mappings to set or take away, at most one a provider. Those of other providers stay.",
    }),
    testClockId: testClockField(
      t,
      "null for real time. It cannot change while the customer has a subscription that has not ended.",
    ),
    expectedVersion: expectedVersionField(t),
  }),
);

export const CustomerStatusInput = (name: string, description: string): InputRef<Unchecked> =>
  input(name, description, (t) => ({
    customer: t.field({
      type: CustomerReferenceInput,
      required: true,
      description: "Which customer. An id of another system that it had before it was archived will do.",
    }),
  }));
