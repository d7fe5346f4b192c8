import { z } from "zod";
import { minorDigits } from "../../kit/currency.ts";
import { customFieldsInput, metadataInput } from "../../kit/metadata.ts";
import { clearable, readable, text } from "../../kit/validate.ts";
import { subscriptionTerms } from "./terms.ts";

/** A whole number of minor units of at least 1. */
export const amount = readable(
  z.number("must be a whole number").int().min(1, "must be at least 1"),
).transform((value) => BigInt(value));

/** A whole number of minor units of at least 0. */
export const amountFromZero = readable(
  z.number("must be a whole number").int().min(0, "must not be below 0"),
).transform((value) => BigInt(value));

/** An instant, to the millisecond. */
export const instant = readable(z.string("must be a date and time")).transform((value) => new Date(value));

export const period = z
  .strictObject({ start: instant, end: instant })
  .refine(({ start, end }) => start < end, { path: ["end"], error: "must be after its start" });

/** A currency that amounts can be in. */
export const currency = readable(z.string("must be a currency").refine((code) => minorDigits(code) >= 0));

/** What a caller may say of an invoice besides what it bills. A field that is left out is left alone; null clears it. */
export const invoiceFields = {
  dueAt: instant.nullish(),
  collectionMethod: z.enum(["SEND_INVOICE", "CHARGE_AUTOMATICALLY"]).nullish(),
  allowedMethods: z.array(text(50)).max(20, "must have at most 20 entries").nullish(),
  notes: clearable(text(5_000)),
  metadata: metadataInput.nullish(),
  customFields: customFieldsInput.nullish(),
  subscriptionTerms: subscriptionTerms.nullish(),
};
