import DataLoader from "dataloader";
import { prisma } from "./prisma.ts";
import { environmentId } from "./surroundings.ts";

export interface UsageArguments {
  readonly from: string;
  readonly to: string;
  readonly meterIds: readonly string[];
}

interface UsageKey extends UsageArguments {
  readonly customerId: string;
}

/** Sums the usage of all customers of a request by one `groupBy`. */
export function usageLoader(): DataLoader<UsageKey, { total: string }[]> {
  return new DataLoader(
    async (keys) => {
      const { from, to, meterIds } = keys[0] as UsageKey;
      const sums = await prisma.usageEvent.groupBy({
        by: ["customerId"],
        where: {
          environmentId,
          customerId: { in: keys.map(({ customerId }) => customerId) },
          meterId: { in: [...meterIds] },
          timestamp: { gte: new Date(from), lt: new Date(to) },
        },
        _sum: { quantity: true },
      });
      const totals = new Map(sums.map(({ customerId, _sum }) => [customerId, _sum.quantity]));
      return keys.map(({ customerId }) => [{ total: totals.get(customerId)?.toFixed() ?? "0" }]);
    },
    { cache: false },
  );
}
