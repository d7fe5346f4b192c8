import type {
  BillingScheme as Scheme,
  PackageRounding as Rounding,
  PriceType as Type,
  PricingModel as Model,
  TiersMode as Mode,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const PriceType = describedEnum<Type>(
  "PriceType",
  "Whether a price is billed once or again and again.",
  {
    ONE_TIME: "Billed once. It has no `recurring`.",
    RECURRING: "Billed every `recurring` interval.",
  },
);

export const PricingModel = describedEnum<Model>("PricingModel", "How the amount of a price comes about.", {
  FIXED: "From the quantity, by the billing scheme.",
  PAY_WHAT_YOU_WANT: "The buyer names the amount; `unitAmount` is what is proposed.",
  FREE: "Nothing is charged.",
});

export const BillingScheme = describedEnum<Scheme>("BillingScheme", "How a quantity becomes an amount.", {
  PER_UNIT: "Quantity times `unitAmount`.",
  TIERED: "By tiers, as `tiersMode` says.",
  PACKAGE: "By packages of `packageSize` units, each for `unitAmount`.",
  PERCENTAGE: "A share of the quantity, which is an amount in minor units.",
});

export const TiersMode = describedEnum<Mode>("TiersMode", "How tiers price a quantity.", {
  GRADUATED: "Each unit is priced by the tier that it falls into.",
  VOLUME: "All units are priced by the tier that the whole quantity falls into.",
});

export const PackageRounding = describedEnum<Rounding>(
  "PackageRounding",
  "What becomes of a package that was begun.",
  {
    UP: "It is charged as a whole.",
    DOWN: "It is not charged.",
  },
);
