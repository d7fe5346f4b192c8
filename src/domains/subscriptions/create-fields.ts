import { z } from "zod";
import { metadataInput } from "../../kit/metadata.ts";
import { text } from "../../kit/validate.ts";
import { anchorDay, billingEnd, instant, newItems, prorationMode, taxRateIds } from "./fields.ts";

const mostTrialDays = 730;

/** What a caller may say of a new subscription, apart from whose it is. */
export const createFields = {
  ...billingEnd,
  items: newItems,
  startDate: instant.nullish(),
  trialDays: z
    .number()
    .int()
    .min(0, "must not be negative")
    .max(mostTrialDays, `must be at most ${mostTrialDays}`)
    .nullish(),
  trialEnd: instant.nullish(),
  billingAnchorDay: anchorDay.nullish(),
  discountCode: text(50).nullish(),
  collectionMethod: z.enum(["CHARGE_AUTOMATICALLY", "SEND_INVOICE"]).nullish(),
  taxRateIds: taxRateIds.nullish(),
  prorationMode: prorationMode.nullish(),
  pauseAtPeriodEnd: z.boolean().nullish(),
  cancelAtPeriodEnd: z.boolean().nullish(),
  metadata: metadataInput.nullish(),
};

const schema = z.strictObject(createFields);

export type CreateFields = z.infer<typeof schema>;
