import { z } from "zod";
import { readable } from "../../kit/validate.ts";

const date = readable(z.string("must be a date and time"));

/**
 * What a subscription shall be like that starts when the invoice is paid or issued. The four choices go together; each date
 * and count is there exactly when its choice asks for it.
 */
export const subscriptionTerms = z
  .strictObject({
    collectionMethod: z.enum(["CHARGE_AUTOMATICALLY", "SEND_INVOICE"]),
    startMode: z.enum(["WHEN_PAID", "ON_INVOICE_DATE", "FIRST_OF_NEXT_MONTH", "SPECIFIC_DATE"]),
    startDate: date.nullish(),
    durationType: z.enum(["UNTIL_CANCELED", "FIXED_CYCLES", "END_DATE"]),
    durationCount: z.number().int().min(1, "must be at least 1").nullish(),
    endDate: date.nullish(),
    firstPaymentBehavior: z.enum(["CHARGE_FIRST_CYCLE_NOW", "DEFER_FIRST_CYCLE_TO_START_DATE"]),
  })
  .superRefine((terms, context) => {
    const goesWith = (field: "startDate" | "durationCount" | "endDate", wanted: boolean, choice: string) => {
      if ((terms[field] != null) === wanted) return;
      const message = wanted ? `is needed for ${choice}` : `is for ${choice} only`;
      context.addIssue({ code: "custom", path: [field], message });
    };
    goesWith("startDate", terms.startMode === "SPECIFIC_DATE", "SPECIFIC_DATE");
    goesWith("durationCount", terms.durationType === "FIXED_CYCLES", "FIXED_CYCLES");
    goesWith("endDate", terms.durationType === "END_DATE", "END_DATE");
  });

export type SubscriptionTerms = z.infer<typeof subscriptionTerms>;
