import type { Row } from "../../db/datamodel.ts";

/** How many billed periods a redeemed discount will still be taken off; null for no end. */
export function cyclesLeft(
  { cyclesApplied, endedAt }: Pick<Row<"DiscountRedemption">, "cyclesApplied" | "endedAt">,
  { duration, durationCycles }: Pick<Row<"Discount">, "duration" | "durationCycles">,
): number | null {
  if (endedAt) return 0;
  if (duration === "FOREVER") return null;
  return Math.max(0, (duration === "ONCE" ? 1 : (durationCycles ?? 0)) - cyclesApplied);
}
