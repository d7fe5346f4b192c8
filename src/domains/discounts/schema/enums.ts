import type {
  DiscountDuration as Duration,
  DiscountScope as Scope,
  DiscountType as Type,
} from "../../../db/generated/prisma/enums.ts";
import { describedEnum } from "../../../graph/enums.ts";

export const DiscountType = describedEnum<Type>("DiscountType", "How a discount is measured.", {
  PERCENTAGE: "Per cent of what it is taken from.",
  FIXED_AMOUNT:
    "An amount in one currency, taken off each invoice that it lasts for, and never more than that has.",
});

export const DiscountScope = describedEnum<Scope>("DiscountScope", "What a discount is taken from.", {
  ENTIRE_ORDER: "Every line.",
  SPECIFIC_PRODUCTS: "The lines of its products.",
  SUBSCRIPTION_ONLY: "Lines that are billed again and again.",
  ONE_TIME_ONLY: "Lines that are billed once.",
});

export const DiscountDuration = describedEnum<Duration>("DiscountDuration", "How long a discount lasts.", {
  ONCE: "For one invoice.",
  FOREVER: "For as long as the subscription runs.",
  REPEATING: "For `durationCycles` billed periods.",
});
