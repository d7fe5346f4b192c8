import { columnOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Order } from "../../db/reads.ts";
import type { List } from "../../graph/pages.ts";
import { likeLiteral } from "../../kit/text.ts";
import type { InstantRange } from "../../graph/values.ts";

export interface CustomerFilter {
  readonly search?: string | null | undefined;
}

export const customers: List<"Customer", CustomerFilter> = {
  model: "Customer",
  orders: {
    CREATED_AT: { name: "createdAt", expression: columnOf("Customer", "createdAt"), type: "timestamptz", value: (row) => row.createdAt.toISOString() },
    NAME: { name: "name", expression: Prisma.sql`(lower(coalesce(t.name, '')) COLLATE "C")`, type: "text" },
  },
  where: ({ search }) => search ? [Prisma.sql`lower(t.email) LIKE ${`%${likeLiteral(search.toLowerCase())}%`}`] : [],
};
