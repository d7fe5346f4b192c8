import type { InvoiceLineKind } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { Money, Period } from "../../../graph/values.ts";
import { decimal } from "../../../kit/decimal.ts";
import { total } from "../../../kit/money.ts";
import type { InvoiceLineDraft } from "../../invoices/index.ts";

type Line = InvoiceLineDraft & { readonly currency: string; readonly discount?: bigint };

const PreviewedLineKind = describedEnum<InvoiceLineKind>("PreviewedLineKind", "What a line is for.", {
  ITEM: "An item for a period.",
  USAGE: "What a meter measured in a period.",
  PRORATION_CREDIT: "Unused time, given back.",
  PRORATION_CHARGE: "The rest of a period at new terms.",
  ADJUSTMENT: "A correction, such as a discount on what is charged for the rest of a period.",
  CARRIED_OVER: "What the other lines are below zero: it goes to the customer's balance.",
});

export const PreviewedLine = builder.objectRef<Line>("PreviewedLine").implement({
  description: "A line that an invoice would have.",
  fields: (t) => ({
    kind: t.field({
      type: PreviewedLineKind,
      description: "What it is for.",
      resolve: ({ kind }) => kind ?? "ITEM",
    }),
    description: t.string({ description: "What it says.", resolve: ({ description }) => description }),
    quantity: t.field({
      type: "Decimal",
      description: "How many units.",
      resolve: ({ quantity }) => decimal(quantity),
    }),
    amount: t.field({
      type: Money,
      description: "What it comes to, before tax; below zero for a credit.",
      resolve: ({ amount, currency }) => ({ amount, currency }),
    }),
    discount: t.field({
      type: Money,
      description: "What the discounts of the subscription take off it; nothing of a credit.",
      resolve: ({ discount, settled, currency }) => ({
        amount: discount ?? total((settled?.discounts ?? []).map(({ amount }) => amount)),
        currency,
      }),
    }),
    period: t.field({
      type: Period,
      nullable: true,
      description: "The time that it is for; null where it is for none.",
      resolve: ({ period }) => period,
    }),
  }),
});
