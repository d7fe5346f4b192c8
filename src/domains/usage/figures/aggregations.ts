import { LRUCache } from "lru-cache";
import { MeterAggregation } from "../../../db/generated/prisma/enums.ts";

/** All that a meter may have. */
export const allAggregations: readonly MeterAggregation[] = Object.values(MeterAggregation);

/** Those of meters that were read before. A meter keeps its aggregation for good, so what is here stays true. */
const known = new LRUCache<string, MeterAggregation>({ max: 10_000 });

/** The aggregations that meters may have, in one order; all, unless each of them is known. */
export function aggregationsOf(meterIds: readonly string[] | undefined): readonly MeterAggregation[] {
  const found = meterIds?.map((id) => known.get(id));
  if (!found?.length || found.includes(undefined)) return allAggregations;
  const have = new Set(found);
  return allAggregations.filter((name) => have.has(name));
}

/** Learns the aggregations of meters from rows that tell them; null is that of no meter. */
export function learnAggregations(
  rows: readonly { readonly meterId: string; readonly aggregation: MeterAggregation | null }[],
): void {
  for (const { meterId, aggregation } of rows) {
    if (aggregation) known.set(meterId, aggregation);
  }
}
