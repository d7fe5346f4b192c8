import type { Row } from "../../../db/datamodel.ts";
import { builder } from "../../../graph/builder.ts";
import { reads } from "../../../graph/columns.ts";
import { defineList, listUnder } from "../../../graph/connections.ts";
import { Node, entity, relation } from "../../../graph/entities.ts";
import { loadById } from "../../../graph/loaders.ts";
import { DateTimeRange } from "../../../graph/values.ts";
import { cyclesLeft } from "../cycles.ts";
import { type RedemptionFilter, redemptions } from "../loaders.ts";

const DiscountRedemption = entity(
  "DiscountRedemption",
  "discounts:read",
  builder.prismaObject("DiscountRedemption", {
    description:
      "One use of a discount by a customer: on a subscription, for as many billed periods as it lasts, or on one invoice.",
    interfaces: [Node],
    fields: (t) => ({
      id: t.exposeID("id", { description: "The id, a UUID." }),
      cyclesApplied: t.exposeInt("cyclesApplied", {
        description: "How many billed periods it was taken off so far.",
      }),
      cyclesLeft: t.field({
        type: "Int",
        nullable: true,
        description:
          "How many billed periods it will still be taken off; 0 when it has ended, null when it lasts for ever.",
        ...reads("discountId", "cyclesApplied", "endedAt"),
        resolve: async (redemption, _args, context) =>
          cyclesLeft(redemption, await discountOf(redemption, context)),
      }),
      redeemedAt: t.expose("redeemedAt", { type: "DateTime", description: "When it was redeemed." }),
      endedAt: t.expose("endedAt", {
        type: "DateTime",
        nullable: true,
        description: "Since when it is not taken off any more; null while it is.",
      }),
    }),
  }),
);

async function discountOf(
  { discountId }: Row<"DiscountRedemption">,
  context: Parameters<typeof loadById>[0],
): Promise<Row<"Discount">> {
  const discount = await loadById(context, "Discount", discountId);
  if (!discount) throw new Error(`discount ${discountId} is not there`);
  return discount;
}

relation("DiscountRedemption", "discount", {
  to: "Discount",
  by: "discountId",
  description: "The discount that was redeemed.",
  nullable: false,
});
relation("DiscountRedemption", "customer", {
  to: "Customer",
  by: "customerId",
  description: "Who redeemed it.",
});
relation("DiscountRedemption", "subscription", {
  to: "BillingSubscription",
  by: "subscriptionId",
  description: "The subscription that it is for; null when it is for one invoice.",
});
relation("DiscountRedemption", "invoice", {
  to: "Invoice",
  by: "invoiceId",
  description: "The invoice that it is for; null when it is for a subscription.",
});
relation("InvoiceDiscount", "redemption", {
  to: "DiscountRedemption",
  by: "redemptionId",
  description: "The redemption that it comes from; null for an amount that came with the invoice.",
});

const filter = builder.inputRef<RedemptionFilter>("DiscountRedemptionFilter").implement({
  description: "Which redemptions of discounts.",
  fields: (t) => ({
    active: t.boolean({
      description: "Only those that are still taken off, or only those that have ended.",
    }),
    redeemed: t.field({ type: DateTimeRange, description: "Redeemed in this span of time." }),
  }),
});

const list = defineList(redemptions, DiscountRedemption, filter, {
  REDEEMED_AT: "When the discount was redeemed.",
});

listUnder(list, {
  parent: "Discount",
  name: "redemptions",
  by: "discountId",
  description: "Who redeemed it and for what, latest first.",
  nullable: false,
});
listUnder(list, {
  parent: "Customer",
  name: "discountRedemptions",
  by: "customerId",
  description: "The discounts that the customer has redeemed, latest first.",
});
listUnder(list, {
  parent: "BillingSubscription",
  name: "discounts",
  by: "subscriptionId",
  description: "The discounts that were redeemed for it, latest first, those that have ended among them.",
});
