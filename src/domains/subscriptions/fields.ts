import { z } from "zod";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { type Numeric, decimal } from "../../kit/decimal.ts";
import { mostPrice, mostUnits } from "../../kit/limits.ts";
import { metadataInput } from "../../kit/metadata.ts";
import { clearable, readable, text } from "../../kit/validate.ts";
import { productReference } from "../catalog/index.ts";

const number = readable(z.string({ error: "must be a decimal number as a text" }));

/** How many units of a price. */
export const quantity = number
  .refine((value) => decimal(value).gt(0), "must be more than 0")
  .refine((value) => decimal(value).lte(mostUnits), `must be at most ${mostUnits}`)
  .transform((value) => new Prisma.Decimal(value));

/** What a customer chooses to pay for one unit, in minor units. */
export const chosenAmount = number
  .refine((value) => decimal(value).gte(0), "must not be negative")
  .refine((value) => decimal(value).lte(mostPrice), `must be at most ${mostPrice}`)
  .transform((value) => new Prisma.Decimal(value));

/** An instant, to the millisecond. */
export const instant = readable(z.string("must be a date and time")).transform((value) => new Date(value));

export const priceReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ lookupKey: text(100) })],
  "must name a price by either id or lookupKey",
);

/** What names the price of an item. */
export const pricing = { price: priceReference.nullish(), product: productReference.nullish() };

export type Pricing = {
  readonly price?: z.infer<typeof priceReference> | null | undefined;
  readonly product?: z.infer<typeof productReference> | null | undefined;
  /** What the customer chose to pay for one unit. */
  readonly unitAmount?: Numeric | null | undefined;
};

export const newItem = z.strictObject({
  ...pricing,
  quantity: quantity.nullish(),
  unitAmount: chosenAmount.nullish(),
  description: clearable(text(500)),
  metadata: metadataInput.nullish(),
});

export type NewItem = z.infer<typeof newItem>;

const mostItems = 50;

export const newItems = z
  .array(newItem, "must be a list of items")
  .min(1, "must have at least one item")
  .max(mostItems, `must have at most ${mostItems} items`);

export const anchorDay = z.number().int().min(1, "must be 1 to 31").max(31, "must be 1 to 31");

/** A reason for people. */
export const reason = clearable(text(500));

export const prorationMode = z.enum(["IMMEDIATE", "NEXT_INVOICE", "NONE"]);

/** How a subscription ends by itself. */
export const billingEnd = {
  billingEndStrategy: z.enum(["INDEFINITE", "ON_DATE", "AFTER_CYCLES"]).nullish(),
  billingEndsOn: instant.nullish(),
  billingMaxCycles: z
    .number()
    .int()
    .min(1, "must be at least 1")
    .max(10_000, "must be at most 10000")
    .nullish(),
};

export const taxRateIds = z.array(z.string()).max(10, "must have at most 10 entries");
