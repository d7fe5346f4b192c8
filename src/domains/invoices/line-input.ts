import { z } from "zod";
import { decimal } from "../../kit/decimal.ts";
import { mostMinorUnits, mostUnits } from "../../kit/limits.ts";
import { metadataInput } from "../../kit/metadata.ts";
import { clearable, readable, text } from "../../kit/validate.ts";
import { period } from "./fields.ts";

/** Minor units for one unit of a line, below zero for a credit. */
export const unitAmount = readable(z.string("must be a decimal number as a text")).refine(
  (value) => decimal(value).abs().lte(decimal(mostMinorUnits)),
  `must be at most ${mostMinorUnits}`,
);
/** How many units a line bills. */
export const quantity = readable(z.string("must be a decimal number as a text"))
  .refine((value) => !value.startsWith("-"), "must not be below 0")
  .refine((value) => decimal(value).lte(mostUnits), `must be at most ${mostUnits}`);

export const priceReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ lookupKey: text(255) })],
  "must name a price by either id or lookupKey",
);
export const productReference = z.union(
  [
    z.strictObject({ id: z.string() }),
    z.strictObject({ productKey: text(255) }),
    z.strictObject({ external: z.strictObject({ source: text(64), id: text(255) }) }),
  ],
  "must name a product by one of id, productKey or external",
);

export const taxRateIds = z.array(z.string()).max(10, "must have at most 10 entries");

/** A line as a caller describes it: at a price of the catalog, or for an amount of its own. */
export const lineInput = z.strictObject({
  description: clearable(text(500)),
  price: priceReference.nullish(),
  product: productReference.nullish(),
  quantity: quantity.nullish(),
  unitAmount: unitAmount.nullish(),
  period: period.nullish(),
  metadata: metadataInput.nullish(),
  taxRates: taxRateIds.nullish(),
});

export type LineInput = z.infer<typeof lineInput>;

/** The most lines that one call may add, and that an invoice can have. */
export const mostLines = 250;
