import { builder } from "../../graph/builder.ts";
import { writerOf } from "../../graph/context.ts";
import { input } from "../../graph/inputs.ts";
import { mutation } from "../../graph/mutations.ts";
import { changePayload } from "../../graph/payloads.ts";
import {
  type Seller,
  type SettingsChange,
  type SettingsRow,
  readSettings,
  updateSettings,
} from "./settings.ts";

const SellerType = builder.objectRef<Seller>("Seller").implement({
  description: "The merchant as invoices and credit notes show it.",
  fields: (t) => ({
    name: t.exposeString("name", {
      nullable: true,
      description: "Its name; that of the account where this is null.",
    }),
    email: t.exposeString("email", { nullable: true, description: "Where customers write to." }),
    taxId: t.exposeString("taxId", { nullable: true, description: "Its tax number." }),
    line1: t.exposeString("line1", { nullable: true, description: "Street and number." }),
    line2: t.exposeString("line2", { nullable: true, description: "Floor, building." }),
    city: t.exposeString("city", { nullable: true, description: "City or town." }),
    state: t.exposeString("state", { nullable: true, description: "State or province." }),
    postalCode: t.exposeString("postalCode", { nullable: true, description: "Postal code." }),
    country: t.exposeString("country", { nullable: true, description: "ISO 3166-1 alpha-2 code." }),
  }),
});

const BillingSettings = builder.objectRef<SettingsRow>("BillingSettings").implement({
  description: "How the environment bills.",
  fields: (t) => ({
    seller: t.field({
      type: SellerType,
      description: "The merchant as documents show it.",
      resolve: ({ seller }) => seller as Seller,
    }),
    invoicePrefix: t.exposeString("invoicePrefix", {
      description: "What the numbers of invoices begin with.",
    }),
    creditNotePrefix: t.exposeString("creditNotePrefix", {
      description: "What the numbers of credit notes begin with.",
    }),
    paymentTermDays: t.exposeInt("paymentTermDays", {
      description: "Days from the issue of an invoice to its due date.",
    }),
    dunningRetryDays: t.exposeIntList("dunningRetryDays", {
      description: "Days after a failed payment on which it is tried again.",
    }),
    dunningGraceDays: t.exposeInt("dunningGraceDays", {
      description: "Days after a failed payment for which access stays open.",
    }),
    autoCancelUnpaid: t.exposeBoolean("autoCancelUnpaid", {
      description: "Whether a subscription is canceled, not left unpaid, when the last retry failed.",
    }),
    prorateByDay: t.exposeBoolean("prorateByDay", {
      description: "Whether shares of periods are measured in the customer's days, not in seconds.",
    }),
  }),
});

builder.queryField("billingSettings", (t) =>
  t.field({
    type: BillingSettings,
    nullable: true,
    description: "How the environment bills; the defaults where nothing was set.",
    authScopes: { scope: "settings:read" },
    resolve: (_root, _args, { reads, viewer }) => readSettings(reads, viewer.environmentId),
  }),
);

const SellerInput = input("SellerInput", "The merchant as documents show it. null clears a field.", (t) => ({
  name: t.string({ description: "Its name, at most 255 characters." }),
  email: t.string({ description: "Where customers write to." }),
  taxId: t.string({ description: "Its tax number, at most 100 characters." }),
  line1: t.string({ description: "Street and number." }),
  line2: t.string({ description: "Floor, building." }),
  city: t.string({ description: "City or town." }),
  state: t.string({ description: "State or province." }),
  postalCode: t.string({ description: "Postal code." }),
  country: t.string({ description: "ISO 3166-1 alpha-2 code." }),
}));

const UpdateBillingSettingsInput = input(
  "UpdateBillingSettingsInput",
  "Changes of how the environment bills. What is left out is left alone; null sets the default.",
  (t) => ({
    seller: t.field({
      type: SellerInput,
      description: "The merchant; fields that are left out are left alone.",
    }),
    invoicePrefix: t.string({
      description: "What the numbers of invoices begin with, at most 20 characters.",
    }),
    creditNotePrefix: t.string({ description: "What the numbers of credit notes begin with." }),
    paymentTermDays: t.int({ description: "Days from the issue of an invoice to its due date, 0 to 366." }),
    dunningRetryDays: t.intList({
      description: "Days after a failed payment on which it is tried again: at most 10, ascending, 1 to 60.",
    }),
    dunningGraceDays: t.int({
      description: "Days after a failed payment for which access stays open, 0 to 366.",
    }),
    autoCancelUnpaid: t.boolean({ description: "Whether the last failed retry cancels the subscription." }),
    prorateByDay: t.boolean({
      description: "Whether shares of periods are measured in the customer's days.",
    }),
  }),
);

mutation<object, SettingsChange>("updateBillingSettings", {
  description: "Changes how the environment bills from now on. Documents that were issued stay as they are.",
  scope: "settings:write",
  input: UpdateBillingSettingsInput as never,
  payload: changePayload(
    "settings",
    BillingSettings,
    "The settings after the call; null when they were refused.",
  ),
  run: (sent, context) => updateSettings(context.database, writerOf(context), sent),
});
