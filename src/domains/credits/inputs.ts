import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../graph/inputs.ts";
import { CustomerReferenceInput, WalletReferenceInput } from "../../graph/references.ts";
import { BillingInterval } from "../../graph/values.ts";
import { WalletPays, WalletUnit } from "./schema/enums.ts";

const priority = (t: InputBuilder, description: string) =>
  t.int({ description: `${description} 0 to 255, 50 unless said.` });

export const CreateWalletInput = input("CreateWalletInput", "A new wallet.", (t) => ({
  customer: t.field({
    type: CustomerReferenceInput,
    required: true,
    description: "Whose it is: an active customer.",
  }),
  name: t.string({ required: true, description: "What it is called, at most 255 characters." }),
  unit: t.field({ type: WalletUnit, required: true, description: "What it is counted in. Never changes." }),
  currency: t.field({
    type: "Currency",
    description:
      "Needed for CURRENCY. For CREDITS, the currency of the invoices that they pay. Never changes.",
  }),
  creditValue: t.field({
    type: "Decimal",
    description:
      "What one credit is worth on invoices, in minor units: more than 0. Needed for CREDITS with a currency. Never changes.",
  }),
  pays: t.field({
    type: WalletPays,
    description: "Which lines of invoices it pays. USAGE unless said; NOTHING for credits without a value.",
  }),
  priority: priority(t, "Of several wallets the one with the lowest pays first."),
  metadata: metadataField(t),
}));

const wallet = (t: InputBuilder) =>
  t.field({ type: WalletReferenceInput, required: true, description: "Which wallet." });

export const UpdateWalletInput = input("UpdateWalletInput", `Changes of a wallet. ${leftAlone}`, (t) => ({
  wallet: wallet(t),
  name: t.string({ description: "What it is called, at most 255 characters. Cannot be cleared." }),
  pays: t.field({ type: WalletPays, description: "Which lines of invoices it pays from now on." }),
  priority: priority(t, "Of several wallets the one with the lowest pays first."),
  metadata: metadataField(t),
  replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
  expectedVersion: expectedVersionField(t),
}));

export const CloseWalletInput = input("CloseWalletInput", "Which wallet is closed.", (t) => ({
  wallet: wallet(t),
  reason: t.string({ description: "Why; at most 500 characters. It stands at what is revoked." }),
  expectedVersion: expectedVersionField(t),
}));

const CreditRecurrenceInput = input("CreditRecurrenceInput", "That a grant comes again.", (t) => ({
  interval: t.field({ type: BillingInterval, required: true, description: "The unit of time." }),
  count: t.int({ description: "After how many of them, 1 to 1,000. 1 unless said." }),
  rollOverLimit: t.field({
    type: "Decimal",
    description:
      "How much of what is left is kept each time, in the wallet's unit; nothing unless said. The rest expires.",
  }),
}));

export const GrantCreditsInput = input("GrantCreditsInput", "Credit for a wallet.", (t) => ({
  wallet: wallet(t),
  amount: t.field({
    type: "Decimal",
    required: true,
    description: "How much, in the wallet's unit: more than 0, and whole minor units of a currency.",
  }),
  name: t.string({ description: "What it is called, at most 255 characters." }),
  priority: priority(t, "Of the grants of a wallet the one with the lowest is used first."),
  effectiveAt: t.field({
    type: "DateTime",
    description: "From when on it can be used; now unless said, and never in the past.",
  }),
  expiresAt: t.field({
    type: "DateTime",
    description:
      "The first instant at which it cannot be used any more, later than `effectiveAt`. Never unless said.",
  }),
  recurrence: t.field({ type: CreditRecurrenceInput, description: "That it comes again. Once unless said." }),
  metadata: metadataField(t),
}));

export const VoidCreditGrantInput = input("VoidCreditGrantInput", "Which grant is voided.", (t) => ({
  grantId: t.id({ required: true, description: "Which grant." }),
  reason: t.string({ description: "Why; at most 500 characters." }),
  expectedVersion: expectedVersionField(t),
}));

export const ReturnCreditsInput = input("ReturnCreditsInput", "Credit that is given back.", (t) => ({
  transactionId: t.id({
    required: true,
    description: "What was consumed: a transaction of `consumeCredits`.",
  }),
  amount: t.field({
    type: "Decimal",
    description:
      "How much of it, in the wallet's unit: more than 0, and at most what is left of it. All of that unless said.",
  }),
  reason: t.string({ description: "Why; at most 500 characters." }),
}));

export const ConsumeCreditsInput = input("ConsumeCreditsInput", "Credit that is used.", (t) => ({
  wallet: wallet(t),
  amount: t.field({
    type: "Decimal",
    required: true,
    description: "How much, in the wallet's unit: more than 0, and whole minor units of a currency.",
  }),
  description: t.string({ description: "What for; at most 500 characters." }),
  metadata: metadataField(t),
  idempotencyKey: t.string({
    description:
      "Your own key, at most 255 characters: the same content again is used once, other content is an `IdempotencyConflict`. It never expires.",
  }),
}));
