import { z } from "zod";
import { contentHash } from "../../db/content-hash.ts";
import { metadataInput } from "../../kit/metadata.ts";
import { clearable, readable, text } from "../../kit/validate.ts";

/** The most that one note can be made out for by an amount, in minor units. */
const largest = 2_000_000_000;

const whole = (least: number) =>
  readable(
    z
      .number("must be a whole number")
      .int("must be a whole number")
      .min(least, `must be at least ${least}`)
      .max(largest, `must be at most ${largest}`),
  ).transform(BigInt);

const quantity = readable(z.string("must be a decimal number as a text")).refine(
  (value) => !value.startsWith("-") && Number(value) !== 0,
  "must be above 0",
);

const days = (least: number) =>
  z.int("must be a whole number").min(least, `must be at least ${least}`).max(366, "must be at most 366");

const proration = z
  .strictObject({ daysTotal: days(1), daysUnused: days(0) })
  .refine(({ daysTotal, daysUnused }) => daysUnused <= daysTotal, {
    path: ["daysUnused"],
    error: "must not be more than daysTotal",
  });

const line = z
  .strictObject({ line: z.string(), quantity: quantity.nullish(), amount: whole(1).nullish() })
  .refine((sent) => sent.quantity == null || sent.amount == null, {
    path: ["amount"],
    error: "must be left out where a quantity is given",
  });

/** What a note gives back of an invoice, and how. */
const plan = {
  invoice: z.unknown(),
  amount: whole(1).nullish(),
  taxAmount: whole(0).nullish(),
  lines: z.array(line).min(1, "must not be empty").max(250, "must have at most 250 entries").nullish(),
  proration: proration.nullish(),
  reason: clearable(text(500)),
  reasonCode: z
    .enum([
      "CUSTOMER_REQUEST",
      "DUPLICATE_CHARGE",
      "SERVICE_ISSUE",
      "BILLING_ERROR",
      "SUBSCRIPTION_CANCELLATION",
      "PRORATION",
      "OTHER",
    ])
    .nullish(),
  creditMethod: z.enum(["REFUND_TO_PAYMENT_METHOD", "CUSTOMER_BALANCE", "EXTERNAL"]).nullish(),
};

interface Sent {
  readonly amount?: unknown;
  readonly taxAmount?: unknown;
  readonly lines?: unknown;
  readonly proration?: unknown;
}

/** How much is given back is told in one way. */
function tellsOnce(sent: Sent, context: z.RefinementCtx): void {
  const fault = (path: string, message: string, code?: "REQUIRED") =>
    context.addIssue({ code: "custom", path: [path], message, ...(code && { params: { fault: code } }) });
  if (sent.amount != null && sent.lines != null) fault("lines", "must be left out where an amount is given");
  if (sent.amount == null && sent.lines == null && sent.proration == null) {
    fault("amount", "must be given, or lines, or a proration", "REQUIRED");
  }
  if (sent.taxAmount != null && sent.amount == null) fault("taxAmount", "goes with an amount only");
  const { amount, taxAmount } = sent as { amount?: bigint | null; taxAmount?: bigint | null };
  if (amount != null && taxAmount != null && taxAmount > amount) {
    fault("taxAmount", "must not be more than the amount, which contains it");
  }
}

export const previewInput = z.strictObject(plan).superRefine(tellsOnce);

export const createInput = z
  .strictObject({
    ...plan,
    // Not to cancel says nothing, so that it is the same content with it and without.
    cancelSubscription: z
      .boolean()
      .nullish()
      .transform((said) => said || undefined),
    metadata: metadataInput.nullish(),
    idempotencyKey: text(255).nullish(),
  })
  .superRefine(tellsOnce);

export type PlanInput = z.infer<typeof previewInput>;
export type CreateInput = z.infer<typeof createInput>;

/** What tells two inputs for the same invoice apart, whatever order their fields came in and however the invoice is named. */
export function hashOf(input: CreateInput, invoiceId: string): string {
  const given = Object.entries(input).filter(
    ([field, value]) => value != null && field !== "idempotencyKey" && field !== "invoice",
  );
  return contentHash({ ...Object.fromEntries(given), invoiceId });
}
