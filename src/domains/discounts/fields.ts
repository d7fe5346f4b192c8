import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { mostMinorUnits } from "../../kit/limits.ts";
import { metadataInput } from "../../kit/metadata.ts";
import type { Fault } from "../../kit/refusal.ts";
import { clearable, readable, text } from "../../kit/validate.ts";
import { productReference } from "../catalog/index.ts";

export type DiscountRow = Row<"Discount">;

const count = (least: number) =>
  z
    .number()
    .int()
    .min(least, `must be at least ${least}`)
    .max(2 ** 31 - 1, "is too large");
const instant = readable(z.string("must be a date and time"));

/** What of a discount can change. A field that is left out is left alone; null clears it. */
export const discountLabels = {
  name: clearable(text(255)),
  description: clearable(text(1_000)),
  maxRedemptions: count(1).nullish(),
  maxRedemptionsPerCustomer: count(0).nullish(),
  validUntil: instant.nullish(),
  active: z.boolean().nullish(),
  metadata: metadataInput.nullish(),
};

/** What makes a discount what it is: it never changes. */
export const discountTerms = {
  code: text(50),
  type: z.enum(["PERCENTAGE", "FIXED_AMOUNT"]),
  value: readable(z.string("must be a decimal number as a text")),
  currency: readable(z.string("must be a currency")).nullish(),
  scope: z.enum(["ENTIRE_ORDER", "SPECIFIC_PRODUCTS", "SUBSCRIPTION_ONLY", "ONE_TIME_ONLY"]).nullish(),
  products: z.array(productReference).max(100, "must have at most 100 products").nullish(),
  duration: z.enum(["ONCE", "FOREVER", "REPEATING"]).nullish(),
  durationCycles: count(1).nullish(),
  firstTimeOnly: z.boolean().nullish(),
  validFrom: instant.nullish(),
};

const schema = z.object({ ...discountTerms, ...discountLabels });

export type DiscountFields = z.infer<typeof schema>;

/** What is wrong with the terms of a discount as a whole. */
export function termsFaults(sent: DiscountFields): Fault[] {
  const faults: Fault[] = [];
  const add = (code: Fault["code"], field: string, message: string): void => {
    faults.push({ code, message, path: [field] });
  };
  const value = new Prisma.Decimal(sent.value);
  if (value.lte(0)) add("INVALID", "value", "value must be more than 0.");
  if (sent.type === "PERCENTAGE") {
    if (value.gt(100)) add("INVALID", "value", "A percentage is at most 100.");
    if (sent.currency != null) add("INVALID", "currency", "A percentage has no currency: leave it out.");
  } else {
    if (sent.currency == null) add("REQUIRED", "currency", "A fixed amount needs a currency.");
    if (!value.isInteger()) add("INVALID", "value", "A fixed amount is a whole number of minor units.");
    if (value.gt(String(mostMinorUnits)))
      add("INVALID", "value", `A fixed amount is at most ${mostMinorUnits}.`);
  }
  if (sent.scope === "SPECIFIC_PRODUCTS") {
    if (!sent.products?.length) add("REQUIRED", "products", "SPECIFIC_PRODUCTS needs products.");
  } else if (sent.products?.length) {
    add("INVALID", "products", "Only the scope SPECIFIC_PRODUCTS has products: leave them out.");
  }
  if (sent.duration === "REPEATING") {
    if (sent.durationCycles == null)
      add("REQUIRED", "durationCycles", "REPEATING needs the number of periods.");
  } else if (sent.durationCycles != null) {
    add("INVALID", "durationCycles", "Only REPEATING has a number of periods: leave it out.");
  }
  return faults;
}

/** What is wrong with a discount's limits and dates. */
export function limitFaults(discount: {
  readonly redemptions: number;
  readonly maxRedemptions: number | null;
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
}): Fault[] {
  const faults: Fault[] = [];
  const { redemptions, maxRedemptions, validFrom, validUntil } = discount;
  if (maxRedemptions !== null && maxRedemptions < redemptions) {
    const message = `It has been redeemed ${redemptions} times already.`;
    faults.push({ code: "INVALID", message, path: ["maxRedemptions"] });
  }
  if (validFrom && validUntil && validFrom >= validUntil) {
    faults.push({
      code: "INVALID",
      message: "validUntil must be later than validFrom.",
      path: ["validUntil"],
    });
  }
  return faults;
}
