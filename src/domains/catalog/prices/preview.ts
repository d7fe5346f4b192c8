import { z } from "zod";
import type { Row } from "../../../db/datamodel.ts";
import type { Executor } from "../../../db/executor.ts";
import { readByIds } from "../../../db/reads.ts";
import { decimal } from "../../../kit/decimal.ts";
import { isId } from "../../../kit/ids.ts";
import { isBillable, mostUnits } from "../../../kit/limits.ts";
import { atLeastZero } from "../../../kit/money.ts";
import { Refusal, refuse } from "../../../kit/refusal.ts";
import { checked, readable } from "../../../kit/validate.ts";
import { termsOf } from "../price-terms.ts";
import { type BreakdownPart, priceLine } from "../pricing/amount.ts";
import { chosenAmountFault } from "../pricing/pay-what-you-want.ts";
import { definedPrice, definitionFaults, priceAmount, priceDefinition } from "./definition.ts";

/** What a quantity would cost. All amounts are minor units of `currency`. */
export interface PricePreview {
  readonly currency: string;
  readonly quantity: string;
  readonly amount: bigint;
  readonly breakdown: readonly BreakdownPart[];
  /** What the amount was raised by to reach the least that a period is charged. */
  readonly raised: bigint;
}

const previewInput = z.strictObject({
  price: z.union(
    [z.strictObject({ id: z.string() }), z.strictObject({ definition: z.strictObject(priceDefinition) })],
    "must name a price by its id, or define one",
  ),
  quantity: readable(z.string())
    .refine((value) => decimal(value).lte(mostUnits), `must be at most ${mostUnits}`)
    .nullish(),
  chosenAmount: priceAmount.nullish(),
});

/** What a price, stored or not, makes of a quantity, with the steps that lead there. Writes nothing. */
export async function previewPrice(
  executor: Executor,
  environmentId: string,
  sent: unknown,
): Promise<PricePreview> {
  const { price: reference, quantity = "1", chosenAmount } = checked(previewInput, sent);
  const price = await priceOf(executor, environmentId, reference);
  const units = quantity ?? "1";
  if (units.startsWith("-")) refuse("INVALID", "quantity must not be negative.", ["quantity"]);
  const chosen = price.pricingModel === "PAY_WHAT_YOU_WANT";
  if (chosen) {
    const fault = chosenAmountFault(price, chosenAmount, ["chosenAmount"]);
    if (fault) throw new Refusal([fault]);
  } else if (chosenAmount != null) {
    refuse("INVALID", "Only PAY_WHAT_YOU_WANT prices have a chosen amount: leave it out.", ["chosenAmount"]);
  }
  const terms = chosen ? { model: "PER_UNIT" as const, unitAmount: chosenAmount ?? 0n } : termsOf(price);
  const { amount, breakdown } = priceLine(terms, units);
  if (!isBillable(amount)) refuse("INVALID", "This comes to more than can be billed.", ["quantity"]);
  const raised = atLeastZero((price.spendingMinimum ?? 0n) - amount);
  return { currency: price.currency, quantity: units, amount: amount + raised, breakdown, raised };
}

type Priced = ReturnType<typeof definedPrice> | Row<"Price">;

async function priceOf(
  executor: Executor,
  environmentId: string,
  reference: z.infer<typeof previewInput>["price"],
): Promise<Priced> {
  if ("definition" in reference) {
    const faults = definitionFaults(reference.definition, ["price", "definition"], null);
    if (faults.length) throw new Refusal(faults);
    return definedPrice(reference.definition);
  }
  const [price] = isId(reference.id) ? await readByIds(executor, environmentId, "Price", [reference.id]) : [];
  return price ?? refuse("NOT_FOUND", "There is no such price.", ["price", "id"]);
}
