import { equals, idEquals, isOneOf, isWithin } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import type { CreditPurchaseStatus } from "../../db/generated/prisma/enums.ts";
import { byInstant } from "../../db/orders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface CreditPackFilter {
  readonly active?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const creditPacks: List<"CreditPack", CreditPackFilter> = {
  model: "CreditPack",
  orders: { CREATED_AT: byInstant("CreditPack", "createdAt") },
  where: ({ active, created }) => [
    ...equals(columnOf("CreditPack", "active"), active),
    ...isWithin(columnOf("CreditPack", "createdAt"), created),
  ],
};

export interface CreditPurchaseFilter {
  readonly status?: readonly CreditPurchaseStatus[] | null | undefined;
  readonly creditPackId?: string | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const creditPurchases: List<"CreditPurchase", CreditPurchaseFilter> = {
  model: "CreditPurchase",
  orders: { CREATED_AT: byInstant("CreditPurchase", "createdAt") },
  where: ({ status, creditPackId, created }) => [
    ...isOneOf(columnOf("CreditPurchase", "status"), status),
    ...idEquals(columnOf("CreditPurchase", "creditPackId"), creditPackId),
    ...isWithin(columnOf("CreditPurchase", "createdAt"), created),
  ],
};
