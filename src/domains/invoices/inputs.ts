import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../graph/inputs.ts";
import {
  CustomerReferenceInput,
  InvoiceReferenceInput,
  PriceReferenceInput,
  ProductReferenceInput,
} from "../../graph/references.ts";
import { CollectionMethod } from "../../graph/values.ts";
import { TermsDurationType, TermsFirstPayment, TermsStartMode } from "./schema/terms.ts";

/** The input field that names the invoice that a mutation is about. */
export const invoiceField = (t: InputBuilder) => ({
  invoice: t.field({ type: InvoiceReferenceInput, required: true, description: "Which invoice." }),
});

export const PeriodInput = input("PeriodInput", "A span of time; its end does not belong to it.", (t) => ({
  start: t.field({ type: "DateTime", required: true, description: "The first instant in it." }),
  end: t.field({
    type: "DateTime",
    required: true,
    description: "The first instant after it, later than the start.",
  }),
}));

const SubscriptionTermsInput = input(
  "SubscriptionTermsInput",
  "What a subscription shall be like that comes from the invoice. The four choices go together.",
  (t) => ({
    collectionMethod: t.field({
      type: CollectionMethod,
      required: true,
      description: "How its invoices are paid.",
    }),
    startMode: t.field({ type: TermsStartMode, required: true, description: "When it starts." }),
    startDate: t.field({ type: "DateTime", description: "The start; for SPECIFIC_DATE, and only for that." }),
    durationType: t.field({ type: TermsDurationType, required: true, description: "How long it lasts." }),
    durationCount: t.int({
      description: "How many periods, at least 1; for FIXED_CYCLES, and only for that.",
    }),
    endDate: t.field({ type: "DateTime", description: "The end; for END_DATE, and only for that." }),
    firstPaymentBehavior: t.field({
      type: TermsFirstPayment,
      required: true,
      description: "When its first period is charged.",
    }),
  }),
);

/** The input fields that describe an invoice, but for what it bills. */
export function describingFields(t: InputBuilder) {
  return {
    dueAt: t.field({
      type: "DateTime",
      description:
        "By when it is to be paid. Left out, it is the payment term of the environment after it is finalized, or none for what is charged.",
    }),
    collectionMethod: t.field({
      type: CollectionMethod,
      description: "How it is paid. SEND_INVOICE unless said.",
    }),
    allowedMethods: t.stringList({
      description: "How it can be paid, such as `card`: at most 20. An empty list is any way.",
    }),
    notes: t.string({ description: "A text for the customer, below the lines; at most 5,000 characters." }),
    metadata: metadataField(t),
    customFields: t.field({
      type: "JSONObject",
      description: "Like metadata, but values may also be numbers or booleans.",
    }),
    subscriptionTerms: t.field({
      type: SubscriptionTermsInput,
      description: "What a subscription shall be like that comes from it; null when none shall.",
    }),
  };
}

function lineFields(t: InputBuilder) {
  return {
    description: t.string({
      description:
        "What is billed, for the customer; at most 500 characters. Unless said, the name of the price or product.",
    }),
    price: t.field({
      type: PriceReferenceInput,
      description: "The price; it is active, and in the currency of the invoice.",
    }),
    product: t.field({
      type: ProductReferenceInput,
      description: "The product; its default price counts unless a price or a unit amount is given.",
    }),
    quantity: t.field({ type: "Decimal", description: "How many units, from 0 to 10^15. 1 unless said." }),
    unitAmount: t.field({
      type: "Decimal",
      description:
        "What one unit costs, in minor units; below zero for a credit. For lines without a price, and for prices that the buyer chooses.",
    }),
    period: t.field({ type: PeriodInput, description: "The span of time that it bills for." }),
    metadata: metadataField(t),
    taxRates: t.idList({
      description: "The ids of at most 10 active tax rates; none when empty.",
    }),
  };
}

const discountCodesField = (t: InputBuilder, note: string) =>
  t.stringList({
    description: `At most 10 codes of discounts, in any case of letters, redeemed at once and taken off one after the other. ${note}`,
  });

const InvoiceLineInput = input("InvoiceLineInput", "A line of an invoice.", lineFields);

export const CreateInvoiceInput = input("CreateInvoiceInput", "A new invoice, a draft.", (t) => ({
  customer: t.field({
    type: CustomerReferenceInput,
    required: true,
    description: "Who owes it: an active customer.",
  }),
  currency: t.field({ type: "Currency", required: true, description: "The currency of all its amounts." }),
  period: t.field({ type: PeriodInput, description: "The span of time that is billed." }),
  lines: t.field({ type: [InvoiceLineInput], description: "What it bills: at most 250 lines." }),
  taxRates: t.idList({
    description: "The ids of at most 10 tax rates, for all lines that have none of their own.",
  }),
  discountCodes: discountCodesField(t, "None unless said."),
  takePending: t.boolean({
    description: "Whether what waits for the customer's next invoice goes on it. false unless said.",
  }),
  ...describingFields(t),
}));

export const UpdateInvoiceInput = input("UpdateInvoiceInput", `Changes of a draft. ${leftAlone}`, (t) => ({
  ...invoiceField(t),
  taxRates: t.idList({ description: "The ids of at most 10 tax rates for all lines; none when empty." }),
  discountCodes: discountCodesField(
    t,
    "They take the place of those that it has, which are given back; null or an empty list for none.",
  ),
  ...describingFields(t),
  replaceMetadata: t.boolean({
    description: "true: `metadata` takes the place of what is stored. Merged unless said.",
  }),
  replaceCustomFields: t.boolean({ description: "The same for `customFields`." }),
  expectedVersion: expectedVersionField(t),
}));

export const AddInvoiceLinesInput = input("AddInvoiceLinesInput", "New lines of a draft.", (t) => ({
  ...invoiceField(t),
  lines: t.field({
    type: [InvoiceLineInput],
    required: true,
    description: "1 to 250 lines. Those without tax rates take those of the line before them.",
  }),
}));

export const UpdateInvoiceLineInput = input(
  "UpdateInvoiceLineInput",
  `Changes of a line. ${leftAlone}`,
  (t) => ({
    line: t.id({ required: true, description: "The id of the line." }),
    ...lineFields(t),
  }),
);

export const RemoveInvoiceLineInput = input("RemoveInvoiceLineInput", "Which line.", (t) => ({
  line: t.id({ required: true, description: "The id of the line." }),
}));
