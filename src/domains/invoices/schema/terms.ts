import { builder } from "../../../graph/builder.ts";
import { describedEnum } from "../../../graph/enums.ts";
import type { SubscriptionTerms } from "../terms.ts";
import { CollectionMethod } from "../../../graph/values.ts";

export const TermsStartMode = describedEnum<SubscriptionTerms["startMode"]>(
  "SubscriptionStartMode",
  "When a subscription starts that comes from an invoice.",
  {
    WHEN_PAID: "When the invoice is paid.",
    ON_INVOICE_DATE: "On the date of the invoice.",
    FIRST_OF_NEXT_MONTH: "On the first day of the month after that.",
    SPECIFIC_DATE: "On `startDate`.",
  },
);

export const TermsDurationType = describedEnum<SubscriptionTerms["durationType"]>(
  "SubscriptionDurationType",
  "How long a subscription lasts that comes from an invoice.",
  {
    UNTIL_CANCELED: "Until it is canceled.",
    FIXED_CYCLES: "For `durationCount` periods.",
    END_DATE: "Until `endDate`.",
  },
);

export const TermsFirstPayment = describedEnum<SubscriptionTerms["firstPaymentBehavior"]>(
  "SubscriptionFirstPayment",
  "When the first period is charged.",
  {
    CHARGE_FIRST_CYCLE_NOW: "With the invoice.",
    DEFER_FIRST_CYCLE_TO_START_DATE: "When the subscription starts.",
  },
);

export const SubscriptionTermsType = builder.objectRef<SubscriptionTerms>("SubscriptionTerms").implement({
  description: "What a subscription shall be like that comes from an invoice.",
  fields: (t) => ({
    collectionMethod: t.field({
      type: CollectionMethod,
      description: "How its invoices are paid.",
      resolve: (terms) => terms.collectionMethod,
    }),
    startMode: t.field({
      type: TermsStartMode,
      description: "When it starts.",
      resolve: (terms) => terms.startMode,
    }),
    startDate: t.field({
      type: "DateTime",
      nullable: true,
      description: "The start, for SPECIFIC_DATE.",
      resolve: (terms) => terms.startDate ?? null,
    }),
    durationType: t.field({
      type: TermsDurationType,
      description: "How long it lasts.",
      resolve: (terms) => terms.durationType,
    }),
    durationCount: t.int({
      nullable: true,
      description: "How many periods, for FIXED_CYCLES.",
      resolve: (terms) => terms.durationCount ?? null,
    }),
    endDate: t.field({
      type: "DateTime",
      nullable: true,
      description: "The end, for END_DATE.",
      resolve: (terms) => terms.endDate ?? null,
    }),
    firstPaymentBehavior: t.field({
      type: TermsFirstPayment,
      description: "When its first period is charged.",
      resolve: (terms) => terms.firstPaymentBehavior,
    }),
  }),
});
