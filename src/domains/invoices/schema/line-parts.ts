import type { Row } from "../../../db/datamodel.ts";
import type { InvoiceLineKind as Kind } from "../../../db/generated/prisma/enums.ts";
import { builder } from "../../../graph/builder.ts";
import { describedEnum } from "../../../graph/enums.ts";
import { Money } from "../../../graph/values.ts";
import { type LineTax, type OfInvoice, moneyOf } from "../loaders.ts";

export const InvoiceLineKind = describedEnum<Kind>("InvoiceLineKind", "What a line bills.", {
  ITEM: "Something that was sold.",
  USAGE: "What a meter measured.",
  PRORATION_CREDIT: "The part of a period that is not used after a change. Below zero.",
  PRORATION_CHARGE: "The part of a period that is used after a change.",
  ADJUSTMENT: "What the merchant adds or takes off.",
  CARRIED_OVER:
    "What the invoice comes to below zero: it is filled up to nothing, and goes to the customer's balance when it is finalized.",
});

export const InvoiceLineTax = builder.objectRef<LineTax>("InvoiceLineTax").implement({
  description: "What one tax rate makes of one line.",
  fields: (t) => ({
    taxRateId: t.id({ description: "The id of the rate.", resolve: ({ taxRateId }) => taxRateId }),
    percentage: t.field({
      type: "Decimal",
      description: "The rate, in per cent.",
      resolve: ({ percentage }) => percentage,
    }),
    inclusive: t.boolean({
      description: "Whether the amount of the line contains the tax.",
      resolve: ({ inclusive }) => inclusive,
    }),
    taxable: t.field({
      type: Money,
      description: "What the tax is taken of: the line less discounts and the tax that it contains.",
      resolve: (tax, _args, context) => moneyOf(tax, tax.taxable, context),
    }),
    amount: t.field({
      type: Money,
      description: "The tax.",
      resolve: (tax, _args, context) => moneyOf(tax, tax.amount, context),
    }),
  }),
});

/** One step of an amount, as it is stored, with what leads to the line's currency. */
interface Step extends OfInvoice {
  readonly from: string;
  readonly to: string | null;
  readonly quantity: string;
  readonly unitAmount: string;
  readonly flatAmount: string;
  /** A whole number as a text. */
  readonly amount: string;
}

export const LineBreakdown = builder.objectRef<Step>("InvoiceLineBreakdown").implement({
  description: "One step of how tiers or packages make the amount of a line.",
  fields: (t) => ({
    from: t.field({
      type: "Decimal",
      description: "The units before it; its own come after them.",
      resolve: ({ from }) => from,
    }),
    to: t.field({
      type: "Decimal",
      nullable: true,
      description: "The last unit that belongs to it; null for the last tier.",
      resolve: ({ to }) => to,
    }),
    quantity: t.field({
      type: "Decimal",
      description: "How many units are in it.",
      resolve: ({ quantity }) => quantity,
    }),
    unitAmount: t.field({
      type: "Decimal",
      description: "What one of them costs, in minor units.",
      resolve: ({ unitAmount }) => unitAmount,
    }),
    flatAmount: t.field({
      type: "Decimal",
      description: "What it costs as a whole besides, in minor units.",
      resolve: ({ flatAmount }) => flatAmount,
    }),
    amount: t.field({
      type: Money,
      description: "What it comes to. The steps add up to the line.",
      resolve: (step, _args, context) => moneyOf(step, BigInt(step.amount), context),
    }),
  }),
});

/** The steps of a line; null where there is nothing to explain. */
export function breakdownOf(line: Row<"InvoiceLine"> & OfInvoice): Step[] | null {
  const { breakdown, invoiceId, currency } = line;
  const steps = breakdown as unknown as readonly Omit<Step, keyof OfInvoice>[] | null;
  return steps?.map((step) => ({ ...step, invoiceId, ...(currency && { currency }) })) ?? null;
}
