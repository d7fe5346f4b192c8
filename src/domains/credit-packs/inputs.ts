import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../graph/inputs.ts";
import { WalletReferenceInput } from "../../graph/references.ts";
import { CollectionMethod } from "../../graph/values.ts";

const described = (t: InputBuilder) => ({
  description: t.string({ description: "What it is for, at most 1,000 characters." }),
  active: t.boolean({ description: "Whether it is for sale." }),
  metadata: metadataField(t),
});

export const CreateCreditPackInput = input("CreateCreditPackInput", "A new credit pack.", (t) => ({
  name: t.string({
    required: true,
    description: "What it is called, at most 255 characters, unique among packs that are for sale.",
  }),
  credits: t.field({ type: "SafeInt", required: true, description: "How many credits it has, at least 1." }),
  price: t.field({
    type: "SafeInt",
    required: true,
    description: "What it costs without tax, in minor units, at least 0.",
  }),
  currency: t.field({ type: "Currency", description: "USD unless said. Never changes." }),
  ...described(t),
}));

const pack = (t: InputBuilder) => t.id({ required: true, description: "Which pack." });

export const UpdateCreditPackInput = input(
  "UpdateCreditPackInput",
  `Changes of a credit pack. ${leftAlone}`,
  (t) => ({
    creditPackId: pack(t),
    name: t.string({ description: "What it is called. Cannot be cleared." }),
    credits: t.field({ type: "SafeInt", description: "How many credits it has, at least 1." }),
    price: t.field({
      type: "SafeInt",
      description: "What it costs without tax, in minor units, at least 0.",
    }),
    ...described(t),
    replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
    expectedVersion: expectedVersionField(t),
  }),
);

export const ArchiveCreditPackInput = input("ArchiveCreditPackInput", "Which pack is archived.", (t) => ({
  creditPackId: pack(t),
  expectedVersion: expectedVersionField(t),
}));

const saleFields = (t: InputBuilder) => ({
  wallet: t.field({ type: WalletReferenceInput, required: true, description: "Where the credit goes." }),
  collectionMethod: t.field({
    type: CollectionMethod,
    description:
      "CHARGE_AUTOMATICALLY unless said: a charge that is declined is a `PAYMENT_FAILED`, and nothing is sold. With SEND_INVOICE the credit is granted when the invoice is paid.",
  }),
  taxRates: t.idList({ description: "The ids of at most 10 tax rates of the invoice; none unless said." }),
});

export const PurchaseCreditPackInput = input(
  "PurchaseCreditPackInput",
  "A credit pack that is bought.",
  (t) => ({
    creditPackId: t.id({ required: true, description: "Which pack: one that is for sale." }),
    ...saleFields(t),
    subscriptionId: t.id({
      description:
        "The customer's subscription that it is bought with, which its invoice then belongs to: TRIALING, ACTIVE or PAST_DUE.",
    }),
  }),
);

export const TopUpWalletInput = input("TopUpWalletInput", "Credit that a customer pays for.", (t) => ({
  ...saleFields(t),
  amount: t.field({
    type: "Decimal",
    required: true,
    description:
      "How much, in the wallet's unit: more than 0, and whole minor units of a currency. It costs what it is worth on invoices, without tax.",
  }),
}));
