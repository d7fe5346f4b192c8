import { isOneOf } from "../../db/conditions.ts";
import { columnOf } from "../../db/datamodel.ts";
import type { TestClockStatus } from "../../db/generated/prisma/enums.ts";
import { byInstant } from "../../db/orders.ts";
import type { List } from "../../graph/pages.ts";

export interface TestClockFilter {
  readonly status?: readonly TestClockStatus[] | null | undefined;
}

export const testClocks: List<"TestClock", TestClockFilter> = {
  model: "TestClock",
  orders: { CREATED_AT: byInstant("TestClock", "createdAt") },
  where: (filter) => isOneOf(columnOf("TestClock", "status"), filter.status),
};
