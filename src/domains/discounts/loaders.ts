import { equals, isWithin } from "../../db/conditions.ts";
import { type Row, columnOf, tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { byInstant } from "../../db/orders.ts";
import type { Context } from "../../graph/context.ts";
import { loader } from "../../graph/loaders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface DiscountFilter {
  readonly code?: string | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const discounts: List<"Discount", DiscountFilter> = {
  model: "Discount",
  orders: { CREATED_AT: byInstant("Discount", "createdAt") },
  where: ({ code, active, created }) => [
    ...equals(columnOf("Discount", "code"), code?.toUpperCase()),
    ...equals(columnOf("Discount", "active"), active),
    ...isWithin(columnOf("Discount", "createdAt"), created),
  ],
};

export interface RedemptionFilter {
  readonly active?: boolean | null | undefined;
  readonly redeemed?: InstantRange | null | undefined;
}

export const redemptions: List<"DiscountRedemption", RedemptionFilter> = {
  model: "DiscountRedemption",
  orders: { REDEEMED_AT: byInstant("DiscountRedemption", "redeemedAt") },
  where: ({ active, redeemed }) => [
    ...(active == null ? [] : [Prisma.sql`(t.ended_at IS NULL) = ${active}`]),
    ...isWithin(columnOf("DiscountRedemption", "redeemedAt"), redeemed),
  ],
};

/** The products that a discount is for; of all discounts of a level in one statement. */
export function loadProducts(discountId: string, context: Context): Promise<Row<"DiscountProduct">[]> {
  return loader<Row<"DiscountProduct">[]>(context, "productsOfDiscount", async (ids) => {
    const { name, select } = tableOf("DiscountProduct");
    const rows = await context.reads.query<Row<"DiscountProduct">>(Prisma.sql`
      SELECT ${select} FROM ${name} t
      WHERE t.environment_id = ${context.viewer.environmentId}::uuid AND t.discount_id = ANY(${ids}::uuid[])
      ORDER BY t.discount_id, t.product_id`);
    const byDiscount = Map.groupBy(rows, (row) => row.discountId);
    return ids.map((id) => byDiscount.get(id) ?? []);
  }).load(discountId);
}
