import { z } from "zod";
import type { Row } from "../../db/datamodel.ts";
import { metadataInput } from "../../kit/metadata.ts";
import { clearable, readable, text } from "../../kit/validate.ts";

export type PackRow = Row<"CreditPack">;

const whole = (least: number) =>
  readable(
    z.number("must be a whole number").int("must be a whole number").min(least, `must be at least ${least}`),
  ).transform(BigInt);

/** How many credits a pack has, and what it costs in minor units. */
export const packAmounts = { credits: whole(1), price: whole(0) };

/** What else can be said of a pack. A field that is left out is left alone; null clears it. */
export const packFields = {
  name: text(255),
  description: clearable(text(1_000)),
  active: z.boolean().nullish(),
  metadata: metadataInput.nullish(),
};
