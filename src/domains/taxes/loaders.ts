import { equals, isWithin } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import { byInstant } from "../../db/orders.ts";
import type { List } from "../../graph/pages.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface TaxRateFilter {
  readonly active?: boolean | null | undefined;
  readonly created?: InstantRange | null | undefined;
}

export const taxRates: List<"TaxRate", TaxRateFilter> = {
  model: "TaxRate",
  orders: { CREATED_AT: byInstant("TaxRate", "createdAt") },
  where: ({ active, created }) => [
    ...equals(columnOf("TaxRate", "active"), active),
    ...isWithin(columnOf("TaxRate", "createdAt"), created),
  ],
};
