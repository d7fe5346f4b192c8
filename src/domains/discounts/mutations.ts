import { writerOf } from "../../graph/context.ts";
import {
  type InputBuilder,
  expectedVersionField,
  input,
  leftAlone,
  metadataField,
} from "../../graph/inputs.ts";
import { mutation } from "../../graph/mutations.ts";
import { changePayload, objectPayload } from "../../graph/payloads.ts";
import { ProductReferenceInput } from "../../graph/references.ts";
import type { DiscountRow } from "./fields.ts";
import { Discount } from "./schema/discount.ts";
import { DiscountDuration, DiscountScope, DiscountType } from "./schema/enums.ts";
import { type DiscountChange, createDiscount, deleteDiscount, updateDiscount } from "./write.ts";

const labelFields = (t: InputBuilder) => ({
  name: t.string({ description: "What invoices call it, at most 255 characters." }),
  description: t.string({ description: "What it is for, at most 1,000 characters." }),
  maxRedemptions: t.int({
    description: "How often it can be redeemed in all, at least 1. null for any number.",
  }),
  maxRedemptionsPerCustomer: t.int({
    description: "How often one customer can redeem it; 0 for any number.",
  }),
  validUntil: t.field({
    type: "DateTime",
    description: "The first instant at which it can no longer be redeemed.",
  }),
  active: t.boolean({ description: "Whether it can be redeemed." }),
  metadata: metadataField(t),
});

const CreateDiscountInput = input("CreateDiscountInput", "A new discount.", (t) => ({
  code: t.string({ required: true, description: "The code, at most 50 characters; kept in upper case." }),
  type: t.field({ type: DiscountType, required: true, description: "How it is measured." }),
  value: t.field({
    type: "Decimal",
    required: true,
    description: "Per cent, more than 0 and at most 100, or whole minor units of `currency`.",
  }),
  currency: t.field({ type: "Currency", description: "Needed for FIXED_AMOUNT." }),
  scope: t.field({ type: DiscountScope, description: "What it is taken from. ENTIRE_ORDER unless said." }),
  products: t.field({
    type: [ProductReferenceInput],
    description: "1 to 100. Needed for SPECIFIC_PRODUCTS.",
  }),
  duration: t.field({ type: DiscountDuration, description: "How long it lasts. ONCE unless said." }),
  durationCycles: t.int({ description: "How many billed periods. Needed for REPEATING." }),
  firstTimeOnly: t.boolean({ description: "Whether only new customers can redeem it. false unless said." }),
  validFrom: t.field({ type: "DateTime", description: "From when it can be redeemed. Always unless said." }),
  ...labelFields(t),
}));

const discountId = (t: InputBuilder) => t.id({ required: true, description: "Which discount." });

const UpdateDiscountInput = input("UpdateDiscountInput", `Changes of a discount. ${leftAlone}`, (t) => ({
  discountId: discountId(t),
  ...labelFields(t),
  replaceMetadata: t.boolean({ description: "true: `metadata` takes the place of what is stored." }),
  expectedVersion: expectedVersionField(t),
}));

const DeleteDiscountInput = input("DeleteDiscountInput", "Which discount.", (t) => ({
  discountId: discountId(t),
}));

mutation<object, { discount: DiscountRow }>("createDiscount", {
  description: "Creates a discount. Its code must not have been used before.",
  scope: "discounts:write",
  input: CreateDiscountInput as never,
  payload: objectPayload("discount", Discount, "The new discount; null when it was refused."),
  run: (sent, context) => createDiscount(context.database, writerOf(context), sent),
});

const changes = {
  updateDiscount: {
    run: updateDiscount,
    input: UpdateDiscountInput,
    description: "Changes what a discount is called, and how long and how often it can be redeemed.",
  },
  deleteDiscount: {
    run: deleteDiscount,
    input: DeleteDiscountInput,
    description:
      "Takes a discount out of use: it stays readable, and where it was redeemed it goes on. Doing it twice is the same as once.",
  },
};

for (const [name, { run, input: type, description }] of Object.entries(changes)) {
  mutation<object, DiscountChange>(name, {
    description,
    scope: "discounts:write",
    input: type as never,
    payload: changePayload("discount", Discount, "The discount after the call; null when it was refused."),
    run: (sent, context) => run(context.database, writerOf(context), sent),
  });
}
