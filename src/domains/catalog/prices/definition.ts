import { z } from "zod";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Row } from "../../../db/datamodel.ts";
import { mostPrice, mostUnits } from "../../../kit/limits.ts";
import type { Fault } from "../../../kit/refusal.ts";
import { readable } from "../../../kit/validate.ts";
import { conditions } from "../../usage/index.ts";
import { chosenAmountFault } from "../pricing/pay-what-you-want.ts";
import { tierFaults } from "../pricing/check-tiers.ts";
import { meterFaults } from "./meter-faults.ts";

const decimal = (most: number) =>
  readable(z.string("must be a decimal number as a text")).refine(
    (value) => new Prisma.Decimal(value).lte(most),
    `must be at most ${most}`,
  );
const units = decimal(mostUnits);
const price = decimal(mostPrice);

/** A whole number of minor units that a price says. */
export const priceAmount = readable(
  z.number().int().min(0, "must not be negative").max(mostPrice, `must be at most ${mostPrice}`),
).transform(BigInt);
const wholeNumber = (least: number, most: number) =>
  z.number().int().min(least, `must be ${least} to ${most}`).max(most, `must be ${least} to ${most}`);

const tier = z.strictObject({
  upTo: units.nullish(),
  unitAmount: price.nullish(),
  flatAmount: price.nullish(),
});

/** What makes a price what it is: it never changes. */
export const priceDefinition = {
  type: z.enum(["ONE_TIME", "RECURRING"]),
  pricingModel: z.enum(["FIXED", "PAY_WHAT_YOU_WANT", "FREE"]).nullish(),
  billingScheme: z.enum(["PER_UNIT", "TIERED", "PACKAGE", "PERCENTAGE"]).nullish(),
  currency: readable(z.string("must be a currency")).nullish(),
  unitAmount: price.nullish(),
  tiersMode: z.enum(["GRADUATED", "VOLUME"]).nullish(),
  tiers: z.array(tier).nullish(),
  packageSize: units.nullish(),
  packageRounding: z.enum(["UP", "DOWN"]).nullish(),
  percentageBps: wholeNumber(0, 10_000).nullish(),
  chargeFlatOnZero: z.boolean().nullish(),
  interval: z.enum(["DAY", "WEEK", "MONTH", "YEAR"]).nullish(),
  intervalCount: wholeNumber(1, 12).nullish(),
  trialPeriodDays: wholeNumber(0, 730).nullish(),
  minimumAmount: priceAmount.nullish(),
  maximumAmount: priceAmount.nullish(),
  suggestedAmount: priceAmount.nullish(),
  presetAmounts: z.array(priceAmount).max(10, "must have at most 10 amounts").nullish(),
  spendingMinimum: priceAmount.nullish(),
  payInAdvance: z.boolean().nullish(),
  startRule: z.enum(["IMMEDIATE", "NEXT_ANCHOR", "PRORATE"]).nullish(),
  usageFilter: conditions.nullish(),
  filterPriority: wholeNumber(0, 1_000).nullish(),
  billZeroUsage: z.boolean().nullish(),
};

const schema = z.object(priceDefinition);

export type PriceDefinition = z.infer<typeof schema>;

/** The columns of a price that its definition fills. */
export type DefinedPrice = Omit<
  Row<"Price">,
  | "environmentId"
  | "id"
  | "productId"
  | "meterId"
  | "name"
  | "nickname"
  | "description"
  | "lookupKey"
  | "active"
  | "metadata"
  | "version"
  | "createdAt"
  | "updatedAt"
>;

/** What is wrong with a definition as a whole, of a price with or without a meter; null where that is not known. `path` leads to it. */
export function definitionFaults(
  sent: PriceDefinition,
  path: readonly string[],
  metered: boolean | null = false,
): Fault[] {
  const { pricingModel: model = "FIXED", billingScheme: scheme = "PER_UNIT" } = present(sent);
  const faults: Fault[] = metered === null ? [] : meterFaults(sent, path, metered);
  const needs = (field: keyof PriceDefinition, when: string): void => {
    if (sent[field] == null)
      faults.push({ code: "REQUIRED", message: `${when} needs ${field}.`, path: [...path, field] });
  };
  const excludes = (when: string, ...fields: readonly (keyof PriceDefinition)[]): void => {
    for (const field of fields) {
      if (sent[field] == null) continue;
      faults.push({
        code: "INVALID",
        message: `${when} has no ${field}: leave it out.`,
        path: [...path, field],
      });
    }
  };
  const positive = (field: "unitAmount" | "packageSize", least: "zero" | "more"): void => {
    const value = sent[field];
    if (value == null) return;
    const figure = new Prisma.Decimal(value);
    if (figure.lt(0) || (least === "more" && figure.isZero())) {
      const message = least === "more" ? `${field} must be more than 0.` : `${field} must not be negative.`;
      faults.push({ code: "INVALID", message, path: [...path, field] });
    }
  };

  if (sent.type === "RECURRING") needs("interval", "A recurring price");
  else excludes("A price that is billed once", "interval", "intervalCount", "trialPeriodDays");
  if (model === "FREE") {
    excludes(
      "A free price",
      "unitAmount",
      "tiers",
      "tiersMode",
      "packageSize",
      "percentageBps",
      "spendingMinimum",
    );
  } else if (model === "PAY_WHAT_YOU_WANT") {
    excludes("An amount that the customer chooses", "tiers", "tiersMode", "packageSize", "percentageBps");
  } else {
    if (scheme === "PER_UNIT" || scheme === "PACKAGE") needs("unitAmount", `A ${words(scheme)} price`);
    else excludes(`A ${words(scheme)} price`, "unitAmount");
  }
  if (model !== "PAY_WHAT_YOU_WANT") {
    excludes("A price that is set", "minimumAmount", "maximumAmount", "suggestedAmount", "presetAmounts");
  }
  if (scheme === "TIERED" && model === "FIXED") {
    needs("tiersMode", "A tiered price");
    needs("tiers", "A tiered price");
    if (sent.tiers) faults.push(...tierFaults(tiersOf(sent), [...path, "tiers"]));
  } else excludes("A price without tiers", "tiersMode", "tiers");
  if (scheme === "PACKAGE") needs("packageSize", "A price by the package");
  else excludes("A price that is not by the package", "packageSize", "packageRounding");
  if (scheme === "PERCENTAGE") needs("percentageBps", "A price by percentage");
  else excludes("A price that is no percentage", "percentageBps");
  if (model !== "FIXED" && scheme !== "PER_UNIT") {
    faults.push({
      code: "INVALID",
      message: `A ${words(model)} price is PER_UNIT.`,
      path: [...path, "billingScheme"],
    });
  }
  positive("unitAmount", "zero");
  positive("packageSize", "more");
  if (sent.minimumAmount != null && sent.maximumAmount != null && sent.minimumAmount > sent.maximumAmount) {
    faults.push({
      code: "INVALID",
      message: "maximumAmount must not be less than minimumAmount.",
      path: [...path, "maximumAmount"],
    });
  } else if (sent.suggestedAmount != null) {
    const fault = chosenAmountFault(sent, sent.suggestedAmount, [...path, "suggestedAmount"]);
    if (fault) faults.push(fault);
  }
  return faults;
}

/** The columns that a definition without faults fills. */
export function definedPrice(sent: PriceDefinition, metered = false): DefinedPrice {
  const recurring = sent.type === "RECURRING";
  const scheme = sent.billingScheme ?? "PER_UNIT";
  const tiered = scheme === "TIERED";
  return {
    type: sent.type,
    pricingModel: sent.pricingModel ?? "FIXED",
    billingScheme: scheme,
    currency: sent.currency ?? "USD",
    unitAmount: new Prisma.Decimal(sent.unitAmount ?? 0),
    tiersMode: sent.tiersMode ?? null,
    tiers: tiered ? (tiersOf(sent) as never) : null,
    packageSize: sent.packageSize == null ? null : new Prisma.Decimal(sent.packageSize),
    packageRounding: scheme === "PACKAGE" ? (sent.packageRounding ?? "UP") : null,
    percentageBps: sent.percentageBps ?? null,
    chargeFlatOnZero: sent.chargeFlatOnZero ?? true,
    interval: recurring ? (sent.interval ?? null) : null,
    intervalCount: recurring ? (sent.intervalCount ?? 1) : null,
    trialPeriodDays: sent.trialPeriodDays ?? 0,
    minimumAmount: sent.minimumAmount ?? null,
    maximumAmount: sent.maximumAmount ?? null,
    suggestedAmount: sent.suggestedAmount ?? null,
    presetAmounts: sent.presetAmounts ?? [],
    spendingMinimum: sent.spendingMinimum ?? null,
    payInAdvance: sent.payInAdvance ?? !metered,
    startRule: sent.startRule ?? "IMMEDIATE",
    usageFilter: sent.usageFilter?.length ? (sent.usageFilter as never) : null,
    filterPriority: sent.filterPriority ?? 0,
    billZeroUsage: sent.billZeroUsage ?? true,
  };
}

function tiersOf({ tiers }: PriceDefinition) {
  return (tiers ?? []).map(({ upTo = null, unitAmount = null, flatAmount = null }) => ({
    upTo,
    unitAmount,
    flatAmount,
  }));
}

/** The values without nulls, which count as left out. */
function present(
  sent: PriceDefinition,
): Partial<{ [K in keyof PriceDefinition]: NonNullable<PriceDefinition[K]> }> {
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null));
}

const words = (name: string): string => name.toLowerCase().replaceAll("_", " ");
