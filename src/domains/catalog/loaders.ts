import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { PriceType, ProductKind } from "../../db/generated/prisma/enums.ts";
import { byInstant, byText } from "../../db/orders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";
import { likeLiteral } from "../../kit/text.ts";

export interface ProductFilter {
  readonly search?: string | null | undefined;
  readonly productKey?: string | null | undefined;
  readonly kind?: readonly ProductKind[] | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const products: List<"Product", ProductFilter> = {
  model: "Product",
  orders: { CREATED_AT: byInstant("Product", "createdAt"), NAME: byText("Product", "name") },
  where: (filter) => [
    ...(filter.search ? [contains(filter.search)] : []),
    ...equals(columnOf("Product", "productKey"), filter.productKey),
    ...isOneOf(columnOf("Product", "kind"), filter.kind),
    ...equals(columnOf("Product", "active"), filter.active),
    ...isWithin(columnOf("Product", "createdAt"), filter.created),
  ],
};

function contains(text: string): Prisma.Sql {
  return Prisma.sql`lower(t.name || chr(10) || t.product_key) LIKE ${`%${likeLiteral(text.toLowerCase())}%`}`;
}

export interface PriceFilter {
  readonly productId?: string | null | undefined;
  readonly meterId?: string | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly currency?: string | null | undefined;
  readonly type?: PriceType | null | undefined;
  readonly lookupKey?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const prices: List<"Price", PriceFilter> = {
  model: "Price",
  orders: { CREATED_AT: byInstant("Price", "createdAt") },
  where: (filter) => [
    ...idEquals(columnOf("Price", "productId"), filter.productId),
    ...idEquals(columnOf("Price", "meterId"), filter.meterId),
    ...equals(columnOf("Price", "active"), filter.active),
    ...equals(columnOf("Price", "currency"), filter.currency),
    ...equals(columnOf("Price", "type"), filter.type),
    ...equals(columnOf("Price", "lookupKey"), filter.lookupKey),
    ...isWithin(columnOf("Price", "createdAt"), filter.created),
  ],
};
